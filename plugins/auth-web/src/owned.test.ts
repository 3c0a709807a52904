import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import {
  AuthenticationError,
  type AuthService,
  type BackstageCredentials,
  type HttpAuthService,
} from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import {
  CatalogUnavailableError,
  type CatalogService,
  type EntityFilterSet,
} from '@vestibule/plugin-catalog-node';
import { createOwnedLookUp } from './owned.ts';

const serviceCredentials = { $$type: '@backstage/BackstageCredentials', principal: 'auth' } as const;

function entity(kind: string, name: string, ownedBy: string[], more: Partial<Entity> = {}): Entity {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name },
    relations: ownedBy.map((targetRef) => ({ type: 'ownedBy', targetRef })),
    ...more,
  };
}

function lookUp(options: {
  ownershipEntityRefs: string[];
  entities?: Entity[];
  down?: boolean;
  user?: string;
}) {
  const { ownershipEntityRefs, entities = [], down = false, user = 'user:default/jane' } = options;
  const asked: { refs: string[][]; owners: string[][]; credentials: Set<BackstageCredentials> } = {
    refs: [],
    owners: [],
    credentials: new Set(),
  };
  const catalog: Pick<CatalogService, 'getEntities' | 'getEntitiesByRefs'> = {
    async getEntitiesByRefs({ entityRefs }, { credentials }) {
      if (down) throw new CatalogUnavailableError('the catalog is away');
      asked.refs.push(entityRefs);
      asked.credentials.add(credentials);
      const find = (ref: string) =>
        entities.find(({ kind, metadata }) => ref === `${kind.toLowerCase()}:default/${metadata.name}`);
      return { items: entityRefs.map(find) };
    },
    async getEntities(request, { credentials }) {
      const owners = (request?.filter as EntityFilterSet)['relations.ownedBy'] as string[];
      asked.owners.push(owners);
      asked.credentials.add(credentials);
      return {
        items: entities.filter(({ relations }) =>
          relations?.some(({ targetRef }) => owners.includes(targetRef)),
        ),
      };
    },
  };
  const look = createOwnedLookUp({
    auth: { getOwnServiceCredentials: async () => serviceCredentials } as unknown as AuthService,
    httpAuth: {
      async credentials(request: IncomingMessage, given: { allow: string[] }) {
        expect(given.allow).toEqual(['user']);
        if (request.headers.authorization !== 'Bearer good')
          throw new AuthenticationError('ERR_TOKEN_INVALID', 'no');
        return { principal: { type: 'user', userEntityRef: user } };
      },
    } as unknown as HttpAuthService,
    userInfo: { getUserInfo: async () => ({ userEntityRef: user, ownershipEntityRefs }) },
    catalog: catalog as CatalogService,
  });
  return { look, asked };
}

function request(authorization = 'Bearer good'): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { headers: { authorization } });
}

describe('what a user owns', () => {
  it('is listed with the groups through which, and asked with the credentials of the backend', async () => {
    const { look, asked } = lookUp({
      ownershipEntityRefs: ['user:default/jane', 'group:default/team-a', 'group:default/gone'],
      entities: [
        entity('Group', 'team-a', [], { spec: { profile: { displayName: 'Team A' } } }),
        entity('Component', 'shop', ['group:default/team-a', 'group:default/other'], {
          metadata: { name: 'shop', title: 'Shop', description: 'Sells.' },
          spec: { type: 'website' },
        }),
        entity('API', 'prices', ['user:default/jane']),
      ],
    });
    expect(await look(request())).toEqual({
      userEntityRef: 'user:default/jane',
      groups: [
        { entityRef: 'group:default/gone', title: 'group:default/gone' },
        { entityRef: 'group:default/team-a', title: 'Team A' },
      ],
      entities: [
        {
          entityRef: 'api:default/prices',
          title: 'prices',
          kind: 'API',
          ownedThrough: ['user:default/jane'],
        },
        {
          entityRef: 'component:default/shop',
          title: 'Shop',
          kind: 'Component',
          type: 'website',
          description: 'Sells.',
          ownedThrough: ['group:default/team-a'],
        },
      ],
      truncated: false,
    });
    expect([...asked.credentials]).toEqual([serviceCredentials]);
  });

  it('is asked in portions for 300 groups, and each entity is listed once', async () => {
    const groups = Array.from({ length: 300 }, (_, index) => `group:default/guild-${index}`);
    const { look, asked } = lookUp({
      ownershipEntityRefs: ['user:default/jane', ...groups],
      entities: [entity('System', 'hall', groups)],
    });
    const owned = await look(request());
    expect(owned.groups).toHaveLength(300);
    expect(owned.entities.map(({ entityRef, ownedThrough }) => [entityRef, ownedThrough.length])).toEqual([
      ['system:default/hall', 300],
    ]);
    expect(asked.owners.flat()).toEqual(['user:default/jane', ...groups]);
    expect(
      Math.max(...asked.owners.map((chunk) => chunk.length), ...asked.refs.map((chunk) => chunk.length)),
    ).toBe(40);
  });

  it('ends at 200 entities and says so', async () => {
    const { look } = lookUp({
      ownershipEntityRefs: [],
      entities: Array.from({ length: 250 }, (_, index) =>
        entity('Component', `c${index}`, ['user:default/jane']),
      ),
    });
    const owned = await look(request());
    expect([owned.entities.length, owned.truncated]).toEqual([200, true]);
  });

  it('is not told without a user token', async () => {
    const { look, asked } = lookUp({ ownershipEntityRefs: [] });
    await expect(look(request('Bearer bad'))).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
    expect(asked.owners).toEqual([]);
  });

  it('fails with the code of the catalog while that is away', async () => {
    const { look } = lookUp({ ownershipEntityRefs: ['group:default/team-a'], down: true });
    await expect(look(request())).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
  });
});
