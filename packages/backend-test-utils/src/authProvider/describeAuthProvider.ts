/**
 * What every OAuth-type provider must do, as a suite of tests: against a stand-in of its vendor that really runs, and
 * against a vendor that is down, hangs, or answers nonsense. It knows no test runner: `describe` and `it` are given to it.
 */
import assert from 'node:assert/strict';
import { parseUrl } from '@vestibule/backend-plugin-api';
import {
  isRefreshable,
  isRevocable,
  parseEmail,
  type CodeExchange,
  type ProviderGrant,
  type ProviderTokens,
  type RefreshableProvider,
} from '@vestibule/plugin-auth-node';
import type { TestRunner } from '../describeCatalogService.ts';
import {
  callbackUrl,
  challengeOf,
  configure,
  refreshOf,
  type AuthProviderUnderTest,
  type ConfiguredProvider,
} from './providerUnderTest.ts';
import { refusalOf } from './refusalOf.ts';
import { createMisledHttp, vendorFaults, type MisledHttp, type VendorFault } from './vendorFaults.ts';

/** What a vendor may lack. @public */
export type AuthProviderAbility = 'pkce' | 'refresh' | 'revocation';

type Setup = ConfiguredProvider & Omit<MisledHttp, 'http' | 'close'>;

/**
 * Describes an OAuth-type provider.
 *
 * @param name - The vendor, for the title.
 * @param make - Makes the provider's factory and config beside a stand-in of its vendor, at which one person agrees to
 *   everything. Called once for each test.
 * @param options - `describe` and `it` of a test runner; `lacks`: what the vendor does not offer. Default: nothing.
 * @example
 * ```ts
 * import { describe, it } from 'node:test';
 *
 * describeAuthProvider(
 *   'Acme ID',
 *   async () => {
 *     const acme = await startAcmeId();
 *     const { baseUrl, clientId, clientSecret } = acme;
 *     return {
 *       factory: acmeProviderFactory,
 *       config: { baseUrl, clientId, clientSecret },
 *       close: () => acme.close(),
 *     };
 *   },
 *   { describe, it, lacks: ['revocation'] },
 * );
 * ```
 * @public
 */
export function describeAuthProvider(
  name: string,
  make: () => Promise<AuthProviderUnderTest>,
  { describe, it, lacks = [] }: TestRunner & { lacks?: readonly AuthProviderAbility[] },
): void {
  const test = (title: string, body: (setup: Setup) => Promise<void>): void => {
    it(title, async () => {
      const misled = await createMisledHttp();
      const made = await make();
      try {
        await body({ ...misled, ...configure(made, misled.http) });
      } finally {
        await misled.close();
        await made.close?.();
      }
    });
  };
  const faults = Object.keys(vendorFaults) as VendorFault[];

  describe(`${name}, as an OAuth provider`, () => {
    describe('the authorization URL', () => {
      test('asks for a code for this client, this attempt and these scopes', async (setup) => {
        const { url, state, scopes } = await setup.begin();
        const asked = Object.fromEntries(url.searchParams);
        assert.equal(
          [...url.searchParams].length,
          Object.keys(asked).length,
          'a parameter stands in it twice',
        );
        assert.equal(asked['response_type'], 'code');
        assert.equal(asked['client_id'], setup.clientId);
        assert.equal(asked['redirect_uri'], callbackUrl);
        assert.equal(asked['state'], state);
        const missing = scopes.filter((scope) => !(asked['scope'] ?? '').split(/[ ,]/).includes(scope));
        assert.deepEqual(missing, [], 'scopes that are not asked for');
      });

      if (!lacks.includes('pkce')) {
        test('carries the PKCE challenge, method S256', async (setup) => {
          const { url, codeVerifier } = await setup.begin();
          assert.equal(url.searchParams.get('code_challenge'), challengeOf(codeVerifier));
          assert.equal(url.searchParams.get('code_challenge_method'), 'S256');
        });
      }

      test('is another one for another attempt, and carries no secret', async (setup) => {
        const [one, other] = [await setup.begin(), await setup.begin()];
        assert.notEqual(one.url.href, other.url.href);
        for (const secret of [setup.clientSecret, one.codeVerifier]) {
          if (secret !== undefined) assert.ok(!decodeURIComponent(one.url.href).includes(secret));
        }
      });
    });

    describe('a login', () => {
      test('says who signed in, in plain JSON and with a well-formed profile', async (setup) => {
        const { provider } = setup;
        checkGrant(await provider.exchange(await setup.reachCallback()));
      });

      test('names the same person the next time', async (setup) => {
        const logins = [];
        for (let count = 0; count < 2; count += 1) {
          logins.push(await setup.provider.exchange(await setup.reachCallback()));
        }
        const [one, other] = logins.map(({ subject, issuer }) => ({ subject, issuer }));
        assert.deepEqual(one, other);
      });

      test('tells the refusal of the person', async (setup) => {
        const login = withParameters(await setup.reachCallback(), {
          code: undefined,
          error: 'access_denied',
        });
        const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
        assert.equal(error.code, 'ERR_PROVIDER_REFUSED');
        assert.equal((error as { providerError?: string }).providerError, 'access_denied');
      });

      test('tells an outage that the vendor reports by a redirect from a refusal', async (setup) => {
        const login = withParameters(await setup.reachCallback(), { code: undefined, error: 'server_error' });
        const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
        assert.equal(error.code, 'ERR_PROVIDER_UNAVAILABLE');
      });

      const refused: [what: string, change: (login: CodeExchange) => CodeExchange, codes: string[]][] = [
        ['a code that the vendor never gave', (login) => withParameters(login, { code: 'made-up' }), said],
        ['a callback without a code', (login) => withParameters(login, { code: undefined }), invalid],
        ['the state of another attempt', (login) => withParameters(login, { state: 'another' }), invalid],
        ['a callback without a state', (login) => withParameters(login, { state: undefined }), invalid],
        ['a code that stands in the callback twice', (login) => repeated(login, 'code'), invalid],
        ['a state that stands in the callback twice', (login) => repeated(login, 'state'), invalid],
      ];
      for (const [what, change, codes] of refused) {
        test(`refuses ${what}`, async (setup) => {
          const login = change(await setup.reachCallback());
          const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
          assert.ok(codes.includes(String(error.code)), `it gave ${String(error.code)}`);
        });
      }

      test('refuses a code the second time', async (setup) => {
        const login = await setup.reachCallback();
        await setup.provider.exchange(login);
        const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
        assert.equal(error.code, 'ERR_PROVIDER_REFUSED');
      });

      if (!lacks.includes('pkce')) {
        test('refuses a code that another browser asked for', async (setup) => {
          const login = { ...(await setup.reachCallback()), codeVerifier: 'v'.repeat(43) };
          const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
          assert.equal(error.code, 'ERR_PROVIDER_REFUSED');
        });
      }

      for (const fault of faults) {
        test(`refuses nobody where the vendor ${fault}: ${codeOfFault(fault)}`, async (setup) => {
          const login = await setup.reachCallback();
          setup.mislead(fault);
          const error = await refusalOf(setup.provider.exchange(login), secretsOf(setup, login));
          assert.equal(error.code, codeOfFault(fault));
        });
      }

      test('ends with its signal where the vendor hangs', async (setup) => {
        const login = await setup.reachCallback();
        const ending = new AbortController();
        const arrived = setup.hang();
        const exchange = setup.provider.exchange({ ...login, signal: ending.signal });
        const refusal = refusalOf(exchange, secretsOf(setup, login));
        await arrived;
        ending.abort();
        assert.equal((await refusal).code, 'ERR_PROVIDER_UNAVAILABLE');
      });
    });

    describe('its abilities', () => {
      test('are the ones that were named', async ({ provider }) => {
        assert.equal(isRefreshable(provider), !lacks.includes('refresh'), 'refresh');
        assert.equal(isRevocable(provider), !lacks.includes('revocation'), 'revocation');
      });
    });

    if (!lacks.includes('refresh')) {
      describe('a refresh', () => {
        const signedIn = async (setup: Setup) => {
          const grant = await setup.provider.exchange(await setup.reachCallback());
          assert.ok(grant.tokens.refreshToken, 'the login gave no refresh token: see additionalScopes');
          const provider = setup.provider as typeof setup.provider & RefreshableProvider;
          const request = refreshOf(grant, setup.scopes);
          const secrets = [...secretsOf(setup), grant.tokens.accessToken, request.refreshToken];
          return { grant, provider, request, secrets };
        };

        test('renews the tokens of the same person', async (setup) => {
          const { grant, provider, request } = await signedIn(setup);
          const renewed = await provider.refresh(request);
          checkGrant(renewed);
          assert.deepEqual(
            { subject: renewed.subject, issuer: renewed.issuer, profile: renewed.profile },
            { subject: grant.subject, issuer: grant.issuer, profile: grant.profile },
          );
        });

        for (const [what, other] of [
          ['person', { subject: 'somebody-else' }],
          ['issuer', { issuer: 'https://issuer.invalid' }],
        ] as const) {
          test(`refuses an answer that speaks of another ${what} than the session`, async (setup) => {
            const { provider, request, secrets } = await signedIn(setup);
            const error = await refusalOf(provider.refresh({ ...request, ...other }), secrets);
            assert.equal(error.code, 'ERR_PROVIDER_ANSWER_INVALID');
          });
        }

        test('loses no new refresh token to an outage right after the answer that brings it', async (setup) => {
          const { grant, provider, request } = await signedIn(setup);
          let { refreshToken } = request;
          const keep = (tokens: ProviderTokens): void => {
            refreshToken = tokens.refreshToken ?? refreshToken;
          };
          setup.misleadAfter(/"refresh_token"/);
          const refresh = provider.refresh({ ...request, keepTokens: async (tokens) => keep(tokens) });
          const outage = await refresh.then(
            ({ tokens }) => keep(tokens),
            (error: { code?: unknown }) => error,
          );
          if (outage) assert.equal(outage.code, 'ERR_PROVIDER_UNAVAILABLE');
          setup.recover();
          const renewed = await provider.refresh({ ...request, refreshToken });
          assert.equal(renewed.subject, grant.subject);
        });

        test('tells that the vendor takes the refresh token no more', async (setup) => {
          const { provider, request, secrets } = await signedIn(setup);
          const made = 'made-up-refresh-token';
          const error = await refusalOf(provider.refresh({ ...request, refreshToken: made }), [
            ...secrets,
            made,
          ]);
          assert.equal(error.code, 'ERR_PROVIDER_REFUSED');
        });

        for (const fault of faults) {
          test(`ends no session where the vendor ${fault}: ${codeOfFault(fault)}`, async (setup) => {
            const { provider, request, secrets } = await signedIn(setup);
            setup.mislead(fault);
            const error = await refusalOf(provider.refresh(request), secrets);
            assert.equal(error.code, codeOfFault(fault));
          });
        }

        test('ends with its signal where the vendor hangs', async (setup) => {
          const { provider, request, secrets } = await signedIn(setup);
          const ending = new AbortController();
          const arrived = setup.hang();
          const refusal = refusalOf(provider.refresh({ ...request, signal: ending.signal }), secrets);
          await arrived;
          ending.abort();
          assert.equal((await refusal).code, 'ERR_PROVIDER_UNAVAILABLE');
        });
      });
    }

    if (!lacks.includes('revocation')) {
      describe('a revocation', () => {
        test('takes both tokens, and tells an outage without quoting them', async (setup) => {
          const { provider } = setup;
          const { tokens } = await provider.exchange(await setup.reachCallback());
          const { accessToken, refreshToken } = tokens;
          assert.ok(isRevocable(provider));
          const request = {
            accessToken,
            ...(refreshToken !== undefined && { refreshToken }),
            signal: AbortSignal.timeout(15_000),
          };
          await provider.revoke(request);
          setup.mislead('does not listen');
          const secrets = [...secretsOf(setup), accessToken, ...(refreshToken ? [refreshToken] : [])];
          const error = await refusalOf(provider.revoke(request), secrets);
          assert.equal(error.code, 'ERR_PROVIDER_UNAVAILABLE');
        });
      });
    }
  });
}

/** What somebody has to mend is no outage. */
function codeOfFault(fault: VendorFault): string {
  return fault === 'answers with a page' || fault === 'answers with half of a document'
    ? 'ERR_PROVIDER_ANSWER_UNREADABLE'
    : 'ERR_PROVIDER_UNAVAILABLE';
}

/** The vendor may say no, or its answer may fail a check. */
const said = ['ERR_PROVIDER_REFUSED', 'ERR_PROVIDER_ANSWER_INVALID'];
const invalid = ['ERR_PROVIDER_ANSWER_INVALID'];

/** What the contract says of a grant, whoever the vendor is. */
function checkGrant(grant: ProviderGrant): void {
  const { subject, issuer, result, profile, tokens } = grant;
  assert.ok(typeof subject === 'string' && subject !== '', 'subject');
  assert.ok(typeof issuer === 'string' && parseUrl(issuer), 'issuer is no URL');
  const stored = JSON.stringify(result);
  assert.deepEqual(
    structuredClone(JSON.parse(stored)),
    structuredClone(result),
    'the result is not plain JSON',
  );
  assert.ok(typeof tokens.accessToken === 'string' && tokens.accessToken !== '', 'accessToken');
  assert.ok(typeof tokens.tokenType === 'string' && tokens.tokenType !== '', 'tokenType');
  if (tokens.refreshToken !== undefined) {
    assert.ok(tokens.refreshToken !== '', 'refreshToken is empty');
    assert.ok(
      !stored.includes(tokens.refreshToken),
      'the result, which resolvers see, has the refresh token',
    );
  }
  if (tokens.expiresInSeconds !== undefined) assert.ok(tokens.expiresInSeconds > 0, 'expiresInSeconds');

  const { email, displayName, picture, ...others } = profile;
  assert.deepEqual(others, {}, 'the profile has members that profiles do not have');
  if ('email' in profile) assert.ok(parseEmail(email), 'profile.email');
  if ('displayName' in profile) assert.match(displayName ?? '', /^[^\p{Cc}]+$/u, 'profile.displayName');
  if ('picture' in profile) assert.match(picture ?? '', /^https?:/, 'profile.picture');
}

function withParameters(login: CodeExchange, changes: Record<string, string | undefined>): CodeExchange {
  const parameters = new URLSearchParams(login.parameters);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) parameters.delete(key);
    else parameters.set(key, value);
  }
  return { ...login, parameters };
}

function repeated(login: CodeExchange, key: string): CodeExchange {
  const parameters = new URLSearchParams(login.parameters);
  parameters.append(key, 'another');
  return { ...login, parameters };
}

/** What no error may quote. */
function secretsOf({ clientId, clientSecret }: Setup, login?: CodeExchange): string[] {
  const code = login?.parameters.get('code');
  return [
    ...(clientSecret === undefined ? [] : [clientSecret, `${clientId}:${clientSecret}`]),
    ...(login ? [login.codeVerifier] : []),
    ...(code ? [code] : []),
  ];
}
