import { describe, expect, it } from '@jest/globals';
import { CodedError, NotFoundError } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';
import {
  providerDefinitionOf,
  type AuthResolverContext,
  type CatalogUserQuery,
  type IssueTokenParameters,
  type ProfileTransformContext,
} from '@vestibule/plugin-auth-node';
import defaultExport, {
  guestConfigSchema,
  guestProfileTransform,
  guestProviderFactory,
  guestResolver,
} from './index.ts';
import { guest, request } from './testing/guest.ts';

describe('the guest provider', () => {
  it('knows nothing about whoever asks in development', async () => {
    await expect(guest({ isDevelopment: true }).authenticate(request())).resolves.toEqual({
      result: {},
      profile: {},
    });
  });

  it('refuses outside of development with the words of Backstage', async () => {
    await expect(guest().authenticate(request())).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'ERR_GUEST_NOT_ALLOWED',
      message:
        "The guest provider cannot be used outside of a development environment unless 'auth.providers.guest.dangerouslyAllowOutsideDevelopment' is enabled",
    });
  });

  it('lets guests in elsewhere only where the config says so, with a warning at start', async () => {
    const warnings: string[] = [];
    const keys = { dangerouslyAllowOutsideDevelopment: true };
    await expect(guest({ keys, warnings }).authenticate(request())).resolves.toBeDefined();
    expect(warnings).toEqual([expect.stringContaining('user:development/guest')]);
  });

  it('takes down whom the person picked in development, in lower case', async () => {
    await expect(guest({ isDevelopment: true }).authenticate(request('User:Default/Omar'))).resolves.toEqual({
      result: { pickedUserEntityRef: 'user:default/omar' },
      profile: {},
    });
  });

  it('takes a parameter without a value for no parameter', async () => {
    await expect(guest({ isDevelopment: true }).authenticate(request(''))).resolves.toEqual({
      result: {},
      profile: {},
    });
  });

  it('refuses a pick where the config switched it off, and still lets the guest in', async () => {
    const provider = guest({ isDevelopment: true, keys: { pickUser: false } });
    await expect(provider.authenticate(request('user:default/omar'))).rejects.toMatchObject({
      code: 'ERR_GUEST_NOT_ALLOWED',
      hint: 'auth.providers.guest.pickUser is false.',
    });
    await expect(provider.authenticate(request())).resolves.toEqual({ result: {}, profile: {} });
  });
});

describe('the config of the guest', () => {
  it('has a default for every key', () => {
    expect(guestConfigSchema.parse({})).toEqual({
      userEntityRef: 'user:development/guest',
      dangerouslyAllowOutsideDevelopment: false,
      pickUser: true,
    });
  });

  it('takes full references in any letter case, and keeps them in lower case', () => {
    const keys = { userEntityRef: 'User:Default/Someone', ownershipEntityRefs: ['Group:default/A'] };
    expect(guestConfigSchema.parse(keys)).toMatchObject({
      userEntityRef: 'user:default/someone',
      ownershipEntityRefs: ['group:default/a'],
    });
  });

  it.each(['jane', 'user:jane', 'default/jane', 'User:Jane'])(
    'takes %p for a user of the catalog, as Backstage does',
    (userEntityRef) => {
      expect(guestConfigSchema.parse({ userEntityRef }).userEntityRef).toBe('user:default/jane');
      expect(guestConfigSchema.safeParse({ ownershipEntityRefs: [userEntityRef] }).success).toBe(false);
    },
  );

  it.each(['', ':', 'user:default/', 'user:default/a b', 'user:default/a/b', 'jane@example.com'])(
    'refuses the reference %p',
    (userEntityRef) => {
      expect(guestConfigSchema.safeParse({ userEntityRef }).error?.issues[0]?.message).toContain(
        'must be the entity reference of a user',
      );
      expect(guestConfigSchema.safeParse({ ownershipEntityRefs: [userEntityRef] }).success).toBe(false);
    },
  );
});

describe('the resolver of the guest', () => {
  const issued: IssueTokenParameters[] = [];
  function contextWith(
    signInWithCatalogUser: (query: CatalogUserQuery, options?: object) => Promise<{ token: string }>,
  ): AuthResolverContext {
    issued.length = 0;
    return {
      signInWithCatalogUser,
      issueToken: async (parameters: IssueTokenParameters) => {
        issued.push(parameters);
        return { token: 'configured' };
      },
    } as unknown as AuthResolverContext;
  }
  const login = { profile: {}, result: {} };
  const settings = guestConfigSchema.parse({});

  it('signs in the user of the catalog where there is one', async () => {
    const context = contextWith(async () => ({ token: 'from the catalog' }));
    await expect(guestResolver(settings)(login, context)).resolves.toEqual({ token: 'from the catalog' });
    expect(issued).toEqual([]);
  });

  it.each([
    ['does not know them', new NotFoundError('ERR_USER_NOT_FOUND', 'User not found')],
    ['cannot be reached', new CodedError('ERR_CATALOG_UNAVAILABLE', 'down')],
    ['refuses the call', new CodedError('ERR_CATALOG_REFUSED', 'no')],
  ])('issues the configured identity where the catalog %s', async (_title, error) => {
    const context = contextWith(async () => Promise.reject(error));
    await expect(guestResolver(settings)(login, context)).resolves.toEqual({ token: 'configured' });
    expect(issued).toEqual([{ claims: { sub: 'user:development/guest', ent: ['user:development/guest'] } }]);
  });

  it('gives the configured ownership then', async () => {
    const owning = guestConfigSchema.parse({ ownershipEntityRefs: ['group:default/a', 'group:default/b'] });
    const context = contextWith(async () =>
      Promise.reject(new NotFoundError('ERR_USER_NOT_FOUND', 'User not found')),
    );
    await guestResolver(owning)(login, context);
    expect(issued[0]?.claims.ent).toEqual(['group:default/a', 'group:default/b']);
  });

  it.each([
    new CodedError('ERR_CATALOG_ANSWER_INVALID', 'the wrong entity'),
    new CodedError('ERR_TOKEN_TOO_LARGE', 'too many groups'),
    new Error('a fault in a resolver'),
  ])('stops at any other error: %s', async (error) => {
    const context = contextWith(async () => Promise.reject(error));
    await expect(guestResolver(settings)(login, context)).rejects.toBe(error);
    expect(issued).toEqual([]);
  });
});

describe('a picked user', () => {
  const login = { profile: {}, result: { pickedUserEntityRef: 'user:default/omar' } };
  const resolver = guestResolver(guestConfigSchema.parse({}));

  it('is signed in by the reference alone, as the catalog knows them', async () => {
    const asked: unknown[] = [];
    const context = {
      signInWithCatalogUser: async (...given: unknown[]) => {
        asked.push(...given);
        return { token: 'of Omar' };
      },
    } as unknown as AuthResolverContext;
    await expect(resolver(login, context)).resolves.toEqual({ token: 'of Omar' });
    expect(asked).toEqual([{ entityRef: 'user:default/omar' }]);
  });

  it('is refused where the catalog does not know them, and no other resolver is asked', async () => {
    const absent = new NotFoundError('ERR_USER_NOT_FOUND', 'User not found');
    const context = {
      signInWithCatalogUser: async () => Promise.reject(absent),
    } as unknown as AuthResolverContext;
    const refusal = await Promise.resolve(resolver(login, context)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'ERR_USER_NOT_FOUND', cause: absent });
    // An error of this name would pass on to the next resolver.
    expect((refusal as Error).name).not.toBe('NotFoundError');
  });

  it.each([
    new CodedError('ERR_CATALOG_UNAVAILABLE', 'down'),
    new CodedError('ERR_CATALOG_REFUSED', 'no'),
    new CodedError('ERR_CATALOG_ANSWER_INVALID', 'the wrong entity'),
  ])('is not signed in by guessing where the catalog fails: %s', async (error) => {
    const context = {
      signInWithCatalogUser: async () => Promise.reject(error),
    } as unknown as AuthResolverContext;
    await expect(resolver(login, context)).rejects.toBe(error);
  });
});

describe('the profile of a picked user', () => {
  const omar = { pickedUserEntityRef: 'user:default/omar' };
  const own = { displayName: 'So far' };
  const contextOf = (found: Partial<Entity> | Error): ProfileTransformContext => ({
    profile: own,
    async findCatalogUser(query) {
      expect(query).toEqual({ entityRef: 'user:default/omar' });
      if (found instanceof Error) throw found;
      return { entity: { apiVersion: 'v1', kind: 'User', metadata: { name: 'omar' }, ...found } };
    },
    deny: (reason) => ({ verdict: 'deny', reason }),
    signal: new AbortController().signal,
  });

  it('is that of the catalog', async () => {
    const profile = {
      displayName: 'Omar Haddad',
      email: 'omar@example.com',
      picture: 'https://example.com/o.png',
    };
    expect(await guestProfileTransform(omar, contextOf({ spec: { profile } }))).toEqual({ profile });
    const titled = { metadata: { name: 'omar', title: 'Omar' } };
    expect(await guestProfileTransform(omar, contextOf(titled))).toEqual({
      profile: { displayName: 'Omar' },
    });
  });

  it.each([
    [{ displayName: '', email: 'omar', picture: 'javascript:alert(1)' }],
    [{ displayName: 7, email: ['omar@example.com'], picture: { url: 'x' } }],
    [{ displayName: 'Omar\u0007', picture: 'https://[' }],
    [{ displayName: 'o'.repeat(257), picture: 'https://example.com/a b' }],
  ])('leaves out what is no profile: %j', async (profile) => {
    expect(await guestProfileTransform(omar, contextOf({ spec: { profile } }))).toEqual({ profile: {} });
  });

  it('stays as it is for a guest who picked nobody, and for a user who is not there', async () => {
    const unasked = { ...contextOf({}), findCatalogUser: () => Promise.reject(new Error('was asked')) };
    expect(await guestProfileTransform({}, unasked)).toEqual({ profile: own });
    const absent = new NotFoundError('ERR_USER_NOT_FOUND', 'User not found');
    expect(await guestProfileTransform(omar, contextOf(absent))).toEqual({ profile: own });
  });

  it('is not made up where the catalog fails', async () => {
    const down = new CodedError('ERR_CATALOG_UNAVAILABLE', 'down');
    await expect(guestProfileTransform(omar, contextOf(down))).rejects.toBe(down);
  });
});

describe('the module', () => {
  it('registers guests under the id guest', () => {
    expect(defaultExport.authProvider).toEqual({ providerId: 'guest', factory: guestProviderFactory });
    expect(providerDefinitionOf(guestProviderFactory)).toMatchObject({ kind: 'proxy', title: 'Guest' });
  });
});
