/* The contract suite bites: a provider that breaks one rule fails the test of that rule, and an honest one fails none. */
import { describe, expect, it } from '@jest/globals';
import {
  createOAuthProviderFactory,
  providerDefinitionOf,
  type AuthorizationRequest,
  type CodeExchange,
  type OAuthProvider,
  type ProviderGrant,
  type RefreshableProvider,
  type RefreshRequest,
  type RevocableProvider,
} from '@vestibule/plugin-auth-node';
import { oidcProviderFactory } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import { startScriptedOpenIdProvider } from '../scriptedOpenIdProvider.ts';
import { describeAuthProvider } from './describeAuthProvider.ts';

type Provider = OAuthProvider & RefreshableProvider & RevocableProvider;

/** The titles of the tests that fail for a provider that was changed, and how many there are. */
async function failuresOf(change: (honest: Provider) => Partial<Provider>, only: RegExp) {
  const definition = providerDefinitionOf(oidcProviderFactory);
  if (definition?.kind !== 'oauth') throw new Error('it is one');
  const factory = createOAuthProviderFactory({
    ...definition,
    create(options) {
      const honest = definition.create(options) as Provider;
      return { ...honest, ...change(honest) };
    },
  });
  const path: string[] = [];
  const tests: { title: string; body: () => Promise<void> }[] = [];
  describeAuthProvider(
    'a changed provider',
    async () => {
      const idp = await startScriptedOpenIdProvider({ algorithm: 'ES256', rotatesRefreshTokens: true });
      const { metadataUrl, clientId, clientSecret = '' } = idp;
      return {
        factory,
        config: {
          metadataUrl,
          clientId,
          clientSecret,
          additionalScopes: 'offline_access',
          tokenSignedResponseAlg: 'ES256',
        },
        close: async () => idp.close(),
      };
    },
    {
      describe(name, body) {
        path.push(name);
        body();
        path.pop();
      },
      it: (name, body) => void tests.push({ title: [...path.slice(1), name].join(' '), body }),
    },
  );
  const chosen = tests.filter(({ title }) => only.test(title));
  const failed: string[] = [];
  for (const { title, body } of chosen) await body().catch(() => failed.push(title));
  return { failed, count: chosen.length };
}

const withGrant = (honest: Provider, change: (grant: ProviderGrant) => Partial<ProviderGrant>) => ({
  async exchange(request: CodeExchange) {
    const grant = await honest.exchange(request);
    return { ...grant, ...change(grant) };
  },
});

describe('describeAuthProvider', () => {
  it('finds no fault with an honest provider', async () => {
    const { failed, count } = await failuresOf(() => ({}), /./);
    expect(failed).toEqual([]);
    expect(count).toBeGreaterThan(30);
  });

  it.each<[string, (honest: Provider) => Partial<Provider>, RegExp]>([
    [
      'puts its secret into the URL',
      (honest) => ({
        async authorizationUrl(request: AuthorizationRequest) {
          const url = await honest.authorizationUrl(request);
          url.searchParams.set('client_secret', 'test-secret');
          return url;
        },
      }),
      /is another one for another attempt, and carries no secret/,
    ],
    [
      'forgets a scope',
      (honest) => ({
        authorizationUrl: async (request: AuthorizationRequest) =>
          honest.authorizationUrl({ ...request, scopes: ['openid'] }),
      }),
      /asks for a code for this client/,
    ],
    [
      'makes no challenge of the verifier',
      (honest) => ({
        authorizationUrl: async (request: AuthorizationRequest) =>
          honest.authorizationUrl({ ...request, codeChallenge: 'c'.repeat(43) }),
      }),
      /carries the PKCE challenge/,
    ],
    [
      'takes any state',
      (honest) => ({
        exchange: async (request: CodeExchange) =>
          honest.exchange({ ...request, state: request.parameters.get('state') ?? '' }),
      }),
      /refuses the state of another attempt/,
    ],
    [
      'quotes the code in an error',
      (honest) => ({
        exchange: async (request: CodeExchange) =>
          honest.exchange(request).catch((error: Error) => {
            throw Object.assign(error, { cause: new Error(`code ${request.parameters.get('code')}`) });
          }),
      }),
      /refuses a code the second time/,
    ],
    [
      'takes an outage for a refusal',
      (honest) => ({
        exchange: async (request: CodeExchange) =>
          honest.exchange(request).catch((error: Error) => {
            throw Object.assign(error, { code: 'ERR_PROVIDER_REFUSED' });
          }),
      }),
      /refuses nobody where the vendor does not listen/,
    ],
    [
      'gives what is no plain JSON',
      (honest) => withGrant(honest, () => ({ result: { at: new Date() } })),
      /says who signed in, in plain JSON/,
    ],
    [
      'gives resolvers the refresh token',
      (honest) => withGrant(honest, ({ tokens }) => ({ result: { ...tokens } })),
      /says who signed in, in plain JSON/,
    ],
    [
      'gives an address that is none',
      (honest) => withGrant(honest, () => ({ profile: { email: 'jane' } })),
      /says who signed in, in plain JSON/,
    ],
    [
      'names nobody the same way twice',
      (honest) => withGrant(honest, () => ({ subject: String(Math.random()) })),
      /names the same person the next time/,
    ],
    [
      'takes anybody for the person of the session',
      (honest) => ({
        refresh: async (request: RefreshRequest) => honest.refresh({ ...request, subject: 'jane-123' }),
      }),
      /refuses an answer that speaks of another person/,
    ],
    [
      'keeps no new refresh token until all is read',
      (honest) => ({
        async refresh({ keepTokens, ...request }: RefreshRequest) {
          const grant = await honest.refresh(request);
          await keepTokens?.(grant.tokens);
          return grant;
        },
      }),
      /loses no new refresh token/,
    ],
    [
      'waits for a vendor that hangs',
      (honest) => ({
        exchange: async (request: CodeExchange) =>
          honest.exchange({ ...request, signal: AbortSignal.timeout(1000) }).catch((error: Error) => {
            throw request.signal.aborted ? new Error('too late', { cause: error }) : error;
          }),
      }),
      /a login ends with its signal where the vendor hangs/,
    ],
    ['cannot refresh', () => ({ refresh: undefined }), /are the ones that were named/],
  ])('finds a provider that %s', async (_what, change, title) => {
    const { failed, count } = await failuresOf(change, title);
    expect(count).toBe(1);
    expect(failed).toHaveLength(1);
  });
});
