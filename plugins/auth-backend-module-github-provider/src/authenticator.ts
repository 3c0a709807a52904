/**
 * Sign-in with GitHub: the web application flow with PKCE, refresh and revocation.
 *
 * GitHub is no OpenID Provider: who signed in is what its API says of the token. An exchange proves that the callback
 * came from this GitHub (RFC 9207, where it says so) and from this attempt, and that the code was asked for by this
 * browser (PKCE). The API is asked for nothing that the granted scopes do not cover.
 *
 * Tokens of OAuth apps have no end and come without a refresh token. Such a token stands in for one, inside this provider
 * only, so that the account is looked at again at each refresh.
 */
import { InputError } from '@vestibule/backend-plugin-api';
import {
  isScopeToken,
  ProviderAnswerInvalidError,
  readAuthorizationCode,
  refreshErrorOf,
  trustWarning,
  type EarlierGrant,
  type GateQuestions,
  type OAuthProvider,
  type OAuthProviderOptions,
  type OAuthResult,
  type ProviderGrant,
  type RefreshableProvider,
  type RefreshRequest,
  type RevocableProvider,
} from '@vestibule/plugin-auth-node';
import { passportProfileOf, profileOf, readAccount, readEmails } from './account.ts';
import type { GitHubSettings } from './config.ts';
import { endpointsOf, type GitHubEndpoints } from './endpoints.ts';
import { createGitHubApi } from './githubApi.ts';
import { gatherEvidence } from './memberships.ts';
import { revokeToken } from './revocation.ts';
import { requestTokens, scopesOf, type GitHubTokens } from './tokens.ts';

/** What resolvers see as `info.result`. @public */
export type GitHubResult = OAuthResult;

/** A configured GitHub. @public */
export type GitHubProvider = OAuthProvider<GitHubResult> &
  RefreshableProvider<GitHubResult> &
  RevocableProvider;

/** Before an access token that stands in for a refresh token, as in Backstage. */
const lastingTokenPrefix = 'access_token.';

/** Tokens of GitHub Apps begin so; they carry permissions, which are not told, instead of scopes. */
const appTokenPrefix = 'ghu_';

const emailScopes = ['user:email', 'user'];
const organizationScopes = ['read:org', 'write:org', 'admin:org'];

/** A lasting token alone does not say which scopes it has. */
type KnownTokens = Omit<GitHubTokens, 'scopes'> & { scopes?: readonly string[] };

/** Creates the provider of one block in config. Makes no call. @public */
export function createGitHubProvider(options: OAuthProviderOptions<GitHubSettings>): GitHubProvider {
  const { clientId, clientSecret = '', settings, http } = options;
  const { timeout: timeoutMilliseconds, dangerouslyTrustUnverifiedEmail } = settings;
  const endpoints = endpointsOf(settings.enterpriseInstanceUrl);
  tellAtStart(options);

  const redeem = async (grant: Record<string, string>, signal: AbortSignal): Promise<GitHubTokens> =>
    requestTokens({ url: endpoints.token, clientId, clientSecret, grant, http, timeoutMilliseconds, signal });

  /** Reads the account and puts everything together. */
  async function grantOf(
    tokens: KnownTokens,
    request: {
      scopes: readonly string[];
      questions?: GateQuestions;
      signal: AbortSignal;
      expectedSubject?: string;
      earlier?: EarlierGrant;
    },
  ): Promise<ProviderGrant<GitHubResult>> {
    const { scopes: asked, questions, signal, expectedSubject, earlier } = request;
    const { accessToken, tokenType, scopes, expiresInSeconds, refreshToken } = tokens;
    const api = createGitHubApi({ http, api: endpoints.api, accessToken, timeoutMilliseconds, signal });
    const account = await readAccount(api);
    if (expectedSubject !== undefined && account.id !== expectedSubject) {
      throw new ProviderAnswerInvalidError('user, id of the session');
    }
    const granted = scopes ?? scopesOf(account.grantedScopes ?? earlierScope(earlier) ?? asked.join(' '));
    // What was asked for says what the operator wants; of an app GitHub knows whether it may.
    const known = accessToken.startsWith(appTokenPrefix) ? asked : granted;
    const covers = (scopes: readonly string[]): boolean => scopes.some((scope) => known.includes(scope));
    const [emails, evidence] = await Promise.all([
      covers(emailScopes) ? readEmails(api) : undefined,
      questions &&
        gatherEvidence({ questions, account, api, mayAskOrganizations: covers(organizationScopes) }),
    ]);
    const { profile, ...omitted } = profileOf(account, emails, dangerouslyTrustUnverifiedEmail);
    const ending = expiresInSeconds !== undefined && { expiresInSeconds };
    return {
      subject: account.id,
      issuer: endpoints.base,
      result: {
        fullProfile: passportProfileOf(account, { profile, emails }),
        session: { accessToken, tokenType, scope: granted.join(' '), ...ending },
      },
      profile,
      ...omitted,
      ...(evidence && { evidence }),
      tokens: { accessToken, tokenType, scopes: granted, ...ending, ...(refreshToken && { refreshToken }) },
    };
  }

  /** Renews tokens that expire. */
  async function renew({ keepTokens, ...request }: RefreshRequest): Promise<ProviderGrant<GitHubResult>> {
    const { refreshToken, subject: expectedSubject, signal } = request;
    const tokens = await redeem({ grant_type: 'refresh_token', refresh_token: refreshToken }, signal);
    await keepTokens?.(tokens);
    return grantOf(tokens, { ...request, expectedSubject });
  }

  /** Renews, or looks at the account again where the token has no end. */
  async function again(request: RefreshRequest): Promise<ProviderGrant<GitHubResult>> {
    const { refreshToken, issuer, subject: expectedSubject } = request;
    // Before the call: a token goes to nobody but the GitHub that gave it.
    if (issuer !== endpoints.base) throw new ProviderAnswerInvalidError('issuer of the session');
    if (!refreshToken.startsWith(lastingTokenPrefix)) return renew(request);
    const accessToken = refreshToken.slice(lastingTokenPrefix.length);
    return grantOf({ accessToken, tokenType: 'bearer' }, { ...request, expectedSubject });
  }

  return {
    async authorizationUrl({ scopes, state, codeChallenge, callbackUrl }) {
      if (!scopes.every(isScopeToken)) {
        throw new InputError('ERR_AUTH_SCOPE_INVALID', 'The scopes asked for are malformed.');
      }
      const url = new URL(endpoints.authorization);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callbackUrl,
        scope: scopes.join(' '),
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
      }).toString();
      return url;
    },

    async exchange({ parameters, state, codeVerifier, callbackUrl, ...request }) {
      checkIssuerParameter(parameters, endpoints);
      const code = readAuthorizationCode({ parameters, state });
      const proof = { code, redirect_uri: callbackUrl, code_verifier: codeVerifier };
      const tokens = await redeem(proof, request.signal);
      const isLasting = tokens.refreshToken === undefined && tokens.expiresInSeconds === undefined;
      const standIn = isLasting && { refreshToken: lastingTokenPrefix + tokens.accessToken };
      return grantOf({ ...tokens, ...standIn }, request);
    },

    async refresh(request) {
      return again(request).catch((error: unknown) => {
        throw refreshErrorOf(error);
      });
    },

    async revoke({ accessToken, signal }) {
      const { api } = endpoints;
      await revokeToken({ api, clientId, clientSecret, accessToken, http, timeoutMilliseconds, signal });
    },
  };
}

/** RFC 9207 section 2.4; older servers do not send it. */
function checkIssuerParameter(parameters: URLSearchParams, { callbackIssuer }: GitHubEndpoints): void {
  const issuers = parameters.getAll('iss');
  if (issuers.length > 1 || (issuers[0] ?? callbackIssuer) !== callbackIssuer) {
    throw new ProviderAnswerInvalidError('callback iss');
  }
}

/** What the token was granted at sign-in, where the session still knows. */
function earlierScope(earlier: EarlierGrant | undefined): string | undefined {
  const { session } = (earlier?.result ?? {}) as Partial<GitHubResult>;
  return typeof session?.scope === 'string' ? session.scope : undefined;
}

function tellAtStart(options: OAuthProviderOptions<GitHubSettings>): void {
  const { logger, providerId, environment, scopes, settings } = options;
  const block = `auth.providers.${providerId}.${environment}`;
  const warning = trustWarning(settings.dangerouslyTrustUnverifiedEmail);
  if (warning !== undefined) logger.warn(`${block}: ${warning}`);
  if (!scopes.some((scope) => emailScopes.includes(scope))) {
    logger.info(
      `${block}: GitHub tells verified e-mail addresses only with 'additionalScopes: [user:email]'`,
    );
  }
}
