/* What the resolvers by an id and by a name accept and refuse, the one by subject among them. */
import { describe, expect, it } from '@jest/globals';
import { NotFoundError } from '@vestibule/backend-plugin-api';
import { asciiLowerCase, type Entity } from '@vestibule/catalog-model';
import fc from 'fast-check';
import { commonSignInResolvers } from './commonSignInResolvers.ts';
import { createExactAnnotationResolver } from './exactAnnotationResolver.ts';
import { createNameResolver } from './nameResolver.ts';
import type { AuthResolverContext, CatalogUserQuery, SignInInfo } from './signInResolver.ts';
import type { SignInResolverFactory } from './signInResolverFactory.ts';

const { subjectMatchingUserEntityAnnotation } = commonSignInResolvers;

interface Vendor {
  id?: string;
  login?: string;
}

const byId = createExactAnnotationResolver<Vendor>({
  annotation: 'acme.example/user-id',
  what: 'Acme user id',
  valueOf: ({ result }) => result.id,
  allowsMissingUser: true,
});
const byName = createNameResolver<Vendor>({
  what: 'Acme login',
  nameOf: ({ result }) => result.login,
  warning: 'takes the login for a name',
});

function user(name: string, annotations: Record<string, string>): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, namespace: 'default', annotations },
    relations: [{ type: 'memberOf', targetRef: 'group:default/team-a' }],
  };
}

/** A context whose catalog compares as a Backstage catalog does: without regard to letter case. */
function contextOver(entities: readonly Entity[]) {
  const queries: CatalogUserQuery[] = [];
  const context: AuthResolverContext = {
    signal: new AbortController().signal,
    pass: (reason) => ({ verdict: 'pass', ...(reason !== undefined && { reason }) }),
    deny: (reason) => ({ verdict: 'deny', reason }),
    async issueToken({ claims: { sub, ent = [] } }) {
      const identity = { type: 'user', userEntityRef: sub, ownershipEntityRefs: ent } as const;
      return Promise.resolve({ token: `token of ${sub}`, identity });
    },
    async findCatalogUser(query) {
      queries.push(query);
      const entity = entities.find(({ metadata }) =>
        'annotations' in query
          ? Object.entries(query.annotations).every(
              ([key, value]) => asciiLowerCase(metadata.annotations?.[key] ?? '') === asciiLowerCase(value),
            )
          : 'entityRef' in query &&
            typeof query.entityRef === 'object' &&
            asciiLowerCase(query.entityRef.name) === metadata.name,
      );
      if (!entity) throw new NotFoundError('ERR_USER_NOT_FOUND', 'User not found');
      return Promise.resolve({ entity });
    },
    async signInWithCatalogUser(query, { dangerousEntityRefFallback } = {}) {
      const name = await context.findCatalogUser(query).then(
        ({ entity }) => entity.metadata.name,
        (error: unknown) => {
          const ref = dangerousEntityRefFallback?.entityRef;
          if (typeof ref !== 'object') throw error;
          return asciiLowerCase(ref.name);
        },
      );
      return context.issueToken({ claims: { sub: `user:default/${name}` } });
    },
    async resolveOwnershipEntityRefs({ metadata }) {
      return Promise.resolve({
        ownershipEntityRefs: [`user:default/${metadata.name}`, 'group:default/team-a'],
      });
    },
  };
  return { context, queries };
}

async function resolve(
  factory: SignInResolverFactory<never>,
  info: Partial<SignInInfo<Vendor>>,
  { options, entities = [] }: { options?: object; entities?: readonly Entity[] } = {},
) {
  const { context, queries } = contextOver(entities);
  const resolver = factory(options);
  return { verdict: await resolver({ profile: {}, result: {}, ...info } as never, context), queries };
}

const jane = user('jane', {
  'accounts.google.com/sub': '10769150350006150715113082367',
  'idp.example/sub': 'Jane@a',
  'acme.example/user-id': 'MDQ6VXNlcjE=',
});
const entities = [jane];
const google = 'https://accounts.google.com';

describe('subjectMatchingUserEntityAnnotation', () => {
  it('signs in the user whose annotation is the subject, owning what they own', async () => {
    const { verdict, queries } = await resolve(
      subjectMatchingUserEntityAnnotation,
      { subject: '10769150350006150715113082367', issuer: google },
      { entities },
    );
    expect(verdict).toMatchObject({
      identity: {
        userEntityRef: 'user:default/jane',
        ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
      },
    });
    expect(queries).toEqual([
      { annotations: { 'accounts.google.com/sub': '10769150350006150715113082367' } },
    ]);
  });

  it.each([
    ['https://accounts.google.com', undefined, 'accounts.google.com/sub'],
    ['https://login.example:8443/realms/acme', undefined, 'login.example/sub'],
    ['https://IDP.Example/', undefined, 'idp.example/sub'],
    ['http://127.0.0.1:9000', undefined, '127.0.0.1/sub'],
    ['https://accounts.google.com', 'acme.example/google-id', 'acme.example/google-id'],
    ['no url', 'acme.example/id', 'acme.example/id'],
    [undefined, 'acme.example/id', 'acme.example/id'],
  ])('asks, for issuer %s and option %s, for %s', async (issuer, annotation, asked) => {
    const info = { subject: 's', ...(issuer !== undefined && { issuer }) };
    const options = annotation === undefined ? {} : { annotation };
    const resolution = resolve(subjectMatchingUserEntityAnnotation, info, {
      options,
      entities: [user('sam', { [asked]: 's' })],
    });
    expect((await resolution).queries).toEqual([{ annotations: { [asked]: 's' } }]);
  });

  it.each([
    ['there is no subject', { issuer: google }],
    ['the subject is empty', { subject: '', issuer: google }],
    ['there is no issuer', { subject: 's' }],
    ['the issuer is no URL', { subject: 's', issuer: 'accounts.google.com' }],
    ['the issuer has no name for a host', { subject: 's', issuer: 'https://[::1]' }],
  ])('passes, asking nothing, where %s', async (_what, info) => {
    const { verdict, queries } = await resolve(subjectMatchingUserEntityAnnotation, info);
    expect(verdict).toMatchObject({ verdict: 'pass' });
    expect(queries).toEqual([]);
  });

  it('finds nobody for a subject that nobody has', async () => {
    const info = { subject: 'nobody', issuer: google };
    await expect(resolve(subjectMatchingUserEntityAnnotation, info, { entities })).rejects.toMatchObject({
      code: 'ERR_USER_NOT_FOUND',
    });
  });

  it.each([
    { annotation: '' },
    { annotation: 'a,kind' },
    { annotation: 'a=b' },
    { annotation: '/sub' },
    { annotation: '__proto__' },
    { annotation: 7 },
    { dangerouslyAllowSignInWithoutUserInCatalog: true },
    { allowedDomains: ['example.com'] },
  ])('refuses the options %j', (options) => {
    expect(() => subjectMatchingUserEntityAnnotation(options)).toThrow(
      expect.objectContaining({ code: 'ERR_RESOLVER_OPTIONS_INVALID' }),
    );
  });
});

describe('a resolver by an id', () => {
  it('signs in who has exactly that id', async () => {
    const { verdict } = await resolve(byId, { result: { id: 'MDQ6VXNlcjE=' } }, { entities });
    expect(verdict).toMatchObject({ identity: { userEntityRef: 'user:default/jane' } });
  });

  it.each([{}, { id: '' }])('passes a login without an id: %j', async (result) => {
    const { verdict, queries } = await resolve(byId, { result }, { entities });
    expect(verdict).toEqual({ verdict: 'pass', reason: 'the login has no Acme user id' });
    expect(queries).toEqual([]);
  });

  it('signs in who is missing only where that is allowed, and only under a name that can be', async () => {
    const options = { dangerouslyAllowSignInWithoutUserInCatalog: true };
    const missing = { result: { id: 'U_kgDOABC' } };
    await expect(resolve(byId, missing, { entities })).rejects.toMatchObject({ code: 'ERR_USER_NOT_FOUND' });
    const { verdict } = await resolve(byId, missing, { entities, options });
    expect(verdict).toMatchObject({
      identity: { userEntityRef: 'user:default/u_kgdoabc' },
    });
    await expect(resolve(byId, { result: { id: 'MDQ6=' } }, { entities, options })).rejects.toMatchObject({
      code: 'ERR_USER_NOT_FOUND',
    });
    // The references of U_kgDOABC and u_KGdoabc are one: that is said at every start.
    expect(byId.startWarning?.(options)).toMatch(/not in the catalog.*Acme user id.*differ in case only/);
    expect(byId.startWarning?.()).toBeUndefined();
  });

  it('does not offer that option unless its maker does', () => {
    const strict = createExactAnnotationResolver({ annotation: 'a/id', what: 'id', valueOf: () => 'x' });
    expect(() => strict({ dangerouslyAllowSignInWithoutUserInCatalog: true })).toThrow(
      expect.objectContaining({ code: 'ERR_RESOLVER_OPTIONS_INVALID' }),
    );
  });
});

describe('a resolver by a name', () => {
  it.each(['jane', 'Jane'])('asks for the user of that name: %s', async (login) => {
    const { verdict, queries } = await resolve(byName, { result: { login } }, { entities });
    expect(verdict).toMatchObject({ identity: { userEntityRef: 'user:default/jane' } });
    expect(queries).toEqual([{ entityRef: { name: login } }]);
  });

  it.each([undefined, '', 'jane doe', 'jane/../omar', 'user:default/omar', 'j'.repeat(64)])(
    'passes what is no name: %j',
    async (login) => {
      const { verdict, queries } = await resolve(
        byName,
        { result: login === undefined ? {} : { login } },
        { entities },
      );
      expect(verdict).toMatchObject({ verdict: 'pass' });
      expect(queries).toEqual([]);
    },
  );

  it('falls back to the name only where that is allowed', async () => {
    const options = { dangerouslyAllowSignInWithoutUserInCatalog: true };
    const info = { result: { login: 'omar' } };
    await expect(resolve(byName, info)).rejects.toMatchObject({ code: 'ERR_USER_NOT_FOUND' });
    const { verdict } = await resolve(byName, info, { options });
    expect(verdict).toMatchObject({ identity: { userEntityRef: 'user:default/omar' } });
  });

  it('warns at start of what its maker warns of, and of its options', () => {
    expect(byName.startWarning?.()).toBe('takes the login for a name');
    expect(byName.startWarning?.({ dangerouslyAllowSignInWithoutUserInCatalog: true })).toBe(
      'takes the login for a name; signs in people who are not in the catalog',
    );
    expect(createNameResolver({ what: 'login', nameOf: () => undefined }).startWarning?.()).toBeUndefined();
  });
});

describe('whatever subject comes in', () => {
  it('the same annotation is asked for, with the whole subject as the value', async () => {
    const subject = fc.string({ unit: fc.constantFrom(...'aB9.@-_=,;&%"\'\\ \n\0:/|kind'), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(subject, async (value) => {
        const holder = user('sam', { 'idp.example/sub': value });
        const info = { subject: value, issuer: 'https://idp.example' };
        const { queries } = await resolve(subjectMatchingUserEntityAnnotation, info, { entities: [holder] });
        expect(queries).toEqual([{ annotations: { 'idp.example/sub': value } }]);
      }),
      { numRuns: 300 },
    );
  });
});
