import { describe, expect, it } from '@jest/globals';
import type { AuthService, Config } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { CatalogUnavailableError, type CatalogService } from '@vestibule/plugin-catalog-node';
import { createGuestPicker, type GuestPicker } from './guests.ts';
import { oidcChoice } from './testing/servePage.ts';

const credentials = { $$type: '@backstage/BackstageCredentials', principal: 'auth' } as const;
const guest = { ...oidcChoice, providerId: 'guest', type: 'guest', kind: 'proxy' } as const;

function user(name: string, more: { title?: string; displayName?: unknown; email?: unknown } = {}): Entity {
  const { title, displayName, email } = more;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, ...(title !== undefined && { title }) },
    spec: { profile: { displayName, email } },
    relations: [
      { type: 'memberOf', targetRef: 'group:default/all' },
      { type: 'ownerOf', targetRef: 'component:default/shop' },
    ],
  };
}

const people = [
  user('omar', { displayName: 'Omar Haddad', email: 'omar@example.com' }),
  user('jane', { title: 'Jane Doe', email: 'jane@example.com' }),
  user('x7', { displayName: 7, email: ['x7@example.com'] }),
  { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'omars' } },
];

function picker(
  options: {
    isDevelopment?: boolean;
    pickUser?: unknown;
    entities?: Entity[];
    catalog?: CatalogService;
  } = {},
): GuestPicker {
  const {
    isDevelopment = true,
    pickUser,
    entities = people,
    catalog = createInMemoryCatalog(entities),
  } = options;
  return createGuestPicker({
    isDevelopment,
    config: {
      getOptionalBoolean: (key: string) => (key === 'auth.providers.guest.pickUser' ? pickUser : undefined),
    } as unknown as Config,
    auth: { getOwnServiceCredentials: async () => credentials } as unknown as AuthService,
    catalog,
  });
}

describe('picking a user', () => {
  it('is offered by the guest provider under any id, in development', () => {
    expect(picker().isOfferedBy(guest)).toBe(true);
    expect(picker({ pickUser: false }).isOfferedBy({ ...guest, providerId: 'visitor' })).toBe(true);
  });

  it.each([
    ['outside development', { isDevelopment: false }, guest],
    ['outside development, though the config says so', { isDevelopment: false, pickUser: true }, guest],
    ['where the config says no', { pickUser: false }, guest],
    ['by a provider that is switched off', {}, { ...guest, problem: 'a fault' }],
    ['by any other provider', {}, oidcChoice],
  ])('is not offered %s', (_title, options, option) => {
    expect(picker(options).isOfferedBy(option)).toBe(false);
  });
});

describe('the users to pick from', () => {
  it('are the users of the catalog by title, with the number of their groups', async () => {
    expect(await picker().search('')).toEqual({
      users: [
        { entityRef: 'user:default/jane', title: 'Jane Doe', email: 'jane@example.com', groups: 1 },
        { entityRef: 'user:default/omar', title: 'Omar Haddad', email: 'omar@example.com', groups: 1 },
        { entityRef: 'user:default/x7', title: 'x7', groups: 1 },
      ],
      truncated: false,
    });
  });

  it.each([
    ['HADD', ['user:default/omar']],
    ['jane@', ['user:default/jane']],
    ['default/x', ['user:default/x7']],
    ['User:default/O', ['user:default/omar']],
    ['user', []],
    ['omars', []],
  ])('are searched by name, e-mail address and reference: %s', async (text, expected) => {
    const { users } = await picker().search(text);
    expect(users.map(({ entityRef }) => entityRef)).toEqual(expected);
  });

  it('are at most 500, and the answer says when there are more', async () => {
    const many = Array.from({ length: 501 }, (_, index) => user(`u${index}`));
    const { users, truncated } = await picker({ entities: many }).search('');
    expect([users.length, truncated]).toEqual([500, true]);
    expect(await picker({ entities: many.slice(1) }).search('')).toMatchObject({ truncated: false });
    expect((await picker({ entities: many }).search('u500')).users).toHaveLength(1);
  });

  it('are not guessed at while the catalog is away', async () => {
    const getEntities = async () => Promise.reject(new CatalogUnavailableError('the catalog is away'));
    const catalog = { getEntities } as unknown as CatalogService;
    await expect(picker({ catalog }).search('')).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
  });

  it('are asked for in words that nobody else chose', async () => {
    const inner = createInMemoryCatalog(people);
    const asked: unknown[] = [];
    const catalog = {
      ...inner,
      getEntities: (request, caller) => {
        asked.push(request?.filter);
        expect(caller.credentials).toBe(credentials);
        return inner.getEntities(request, caller);
      },
    } satisfies CatalogService;
    for (const text of ['omar', 'kind=group', 'omar,kind=group']) await picker({ catalog }).search(text);
    expect(asked).toEqual([{ kind: 'user' }, { kind: 'user' }, { kind: 'user' }]);
  });
});
