import { describe, expect, it } from '@jest/globals';
import { CodedError, NotFoundError, type LoggerService } from '@vestibule/backend-plugin-api';
import {
  providerDefinitionOf,
  type AuthResolverContext,
  type IssueTokenParameters,
  type ProxyProvider,
} from '@vestibule/plugin-auth-node';
import defaultExport, {
  authModuleGuestProvider,
  createGuestProvider,
  guestConfigSchema,
  guestProviderFactory,
  guestResolver,
  type GuestResult,
} from './index.ts';

function guest(
  options: { isDevelopment?: boolean; keys?: object; warnings?: string[] } = {},
): ProxyProvider<GuestResult> {
  const { isDevelopment = false, keys = {}, warnings = [] } = options;
  const silent = (): void => undefined;
  const logger: LoggerService = {
    error: silent,
    warn: (message) => void warnings.push(message),
    info: silent,
    debug: silent,
    child: () => logger,
  };
  return createGuestProvider({
    settings: guestConfigSchema.parse(keys),
    providerId: 'guest',
    logger,
    runtimeMode: { isDevelopment, isProduction: !isDevelopment },
    http: undefined as never,
    now: Date.now,
  });
}

const request = { headers: {}, signal: AbortSignal.timeout(5000) };

describe('the guest provider', () => {
  it('knows nothing about whoever asks in development', async () => {
    await expect(guest({ isDevelopment: true }).authenticate(request)).resolves.toEqual({
      result: {},
      profile: {},
    });
  });

  it('refuses outside of development with the words of Backstage', async () => {
    await expect(guest().authenticate(request)).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'ERR_GUEST_NOT_ALLOWED',
      message:
        "The guest provider cannot be used outside of a development environment unless 'auth.providers.guest.dangerouslyAllowOutsideDevelopment' is enabled",
    });
  });

  it('lets guests in elsewhere only where the config says so, with a warning at start', async () => {
    const warnings: string[] = [];
    const keys = { dangerouslyAllowOutsideDevelopment: true };
    await expect(guest({ keys, warnings }).authenticate(request)).resolves.toBeDefined();
    expect(warnings).toEqual([expect.stringContaining('user:development/guest')]);
  });
});

describe('the config of the guest', () => {
  it('has a default for every key', () => {
    expect(guestConfigSchema.parse({})).toEqual({
      userEntityRef: 'user:development/guest',
      dangerouslyAllowOutsideDevelopment: false,
    });
  });

  it('takes full references in any letter case, and keeps them in lower case', () => {
    const keys = { userEntityRef: 'User:Default/Someone', ownershipEntityRefs: ['Group:default/A'] };
    expect(guestConfigSchema.parse(keys)).toMatchObject({
      userEntityRef: 'user:default/someone',
      ownershipEntityRefs: ['group:default/a'],
    });
  });

  it.each(['guest', 'user:guest', 'default/guest', '', 'user:default/a b'])(
    'refuses the reference %p',
    (userEntityRef) => {
      expect(guestConfigSchema.safeParse({ userEntityRef }).error?.issues[0]?.message).toContain(
        'full entity reference',
      );
      expect(guestConfigSchema.safeParse({ ownershipEntityRefs: [userEntityRef] }).success).toBe(false);
    },
  );
});

describe('the resolver of the guest', () => {
  const issued: IssueTokenParameters[] = [];
  function contextWith(signInWithCatalogUser: () => Promise<{ token: string }>): AuthResolverContext {
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

describe('the module', () => {
  it('is the default export and registers the provider under the id guest', async () => {
    expect(defaultExport).toBe(authModuleGuestProvider);
    const [registration] = authModuleGuestProvider.getRegistrations();
    expect(registration).toMatchObject({ pluginId: 'auth', moduleId: 'guest-provider' });
    const registered: unknown[] = [];
    const providers = { registerProvider: (options: unknown) => void registered.push(options) };
    await registration!.init.func({ providers });
    expect(registered).toEqual([{ providerId: 'guest', factory: guestProviderFactory }]);
    expect(providerDefinitionOf(guestProviderFactory)).toMatchObject({ kind: 'proxy', title: 'Guest' });
  });
});
