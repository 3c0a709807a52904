/**
 * The contract of an OAuth-type provider: it knows its vendor's endpoints, turns the vendor's answers into a result and
 * a profile, and nothing else. Cookies, state, sessions, our tokens and the catalog belong to `auth-backend`.
 *
 * An ability that a vendor may lack is an interface of its own; `auth-backend` looks for its method.
 */
import type { ClockService, Config, ConfigSchema, LoggerService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type { SignInResolver } from '../resolver/signInResolver.ts';
import type { SignInResolverFactory } from '../resolver/signInResolverFactory.ts';
import type { ClaimSources } from '../openId/openIdClaims.ts';
import type { LogoutToken } from './verifyLogoutToken.ts';
import type { UnverifiedEmailCause } from './emailVerification.ts';
import type { GateEvidence, GateQuestions, ProviderGate, UnansweredGates } from './gates.ts';
import type { ProfileTransform } from './profile.ts';
import type { ProfileInfo } from './profileInfo.ts';
import type { ProviderFacts } from './providerFacts.ts';

/** Where to send the browser. All values are single-use and made by the caller. @public */
export interface AuthorizationRequest {
  /** Opaque; comes back in the callback. */
  state: string;
  /** OpenID Connect nonce; providers without ID tokens ignore it. */
  nonce: string;
  /** PKCE, method S256 (RFC 7636); vendors without PKCE ignore it. */
  codeChallenge: string;
  /** Everything asked for, the required and additional scopes included. */
  scopes: readonly string[];
  callbackUrl: string;
  /** As at the exchange; here a hint at most, for example which accounts to offer. */
  questions?: GateQuestions;
  signal: AbortSignal;
}

/** What came back, and what it must match. @public */
export interface CodeExchange {
  /** The callback's query, each parameter at most once. */
  parameters: URLSearchParams;
  state: string;
  nonce: string;
  codeVerifier: string;
  scopes: readonly string[];
  callbackUrl: string;
  /** What the gates of the config want to know; only kinds that the definition lists under `gates`. Default: nothing. */
  questions?: GateQuestions;
  signal: AbortSignal;
}

/** What a refresh goes by. @public */
export interface RefreshRequest {
  refreshToken: string;
  scopes: readonly string[];
  /** Subject and issuer of the sign-in; an answer for another is `ERR_PROVIDER_ANSWER_INVALID`. */
  subject: string;
  issuer: string;
  /** The nonce of the sign-in, where it is still known; an ID token that carries another one is refused. */
  nonce?: string;
  /** As at the exchange. */
  questions?: GateQuestions;
  /** What the session holds of the last answer, for a provider that does not say everything again. Default: unknown. */
  earlier?: EarlierGrant;
  /**
   * Keeps what the token endpoint gave. Call it as soon as that is there, before any further call: a provider that
   * rotates refresh tokens has spent the old one by then, and an outage in between would end the session. What is kept
   * counts as expired until the refresh succeeds. An ID token is among them only if it has been verified.
   */
  keepTokens?(tokens: ProviderTokens): Promise<void>;
  signal: AbortSignal;
}

/** What was known of a login before a refresh. @public */
export interface EarlierGrant {
  /** The provider's own {@link ProviderGrant.result}. */
  result: unknown;
  evidence?: GateEvidence;
  claimSources?: ClaimSources;
}

/** What is to be worth nothing from now on, at sign-out. @public */
export interface RevokeRequest {
  /** Absent where the session never had one. */
  refreshToken?: string;
  accessToken: string;
  signal: AbortSignal;
}

/** How a browser signs out at the provider, too. @public */
export interface EndSessionRequest {
  /** The last one that the session had; tells the provider which session is meant. */
  idToken?: string;
  /** Where the provider sends the browser afterwards. Has to be registered there. */
  returnUrl: string;
  /** Opaque; comes back with the browser. */
  state: string;
  signal: AbortSignal;
}

/** What the provider granted. @public */
export interface ProviderGrant<TResult = unknown> {
  /** Who signed in, as the provider names them: unique and stable within the issuer. */
  subject: string;
  /** The ID token's issuer, or the vendor's base URL. */
  issuer: string;
  /** What resolvers see as `info.result`. Plain JSON: it is stored with the session. */
  result: TResult;
  profile: ProfileInfo;
  /** Why `profile.email` is absent although the provider named one. */
  emailOmitted?: 'ERR_EMAIL_NOT_VERIFIED' | 'ERR_PROFILE_EMAIL_INVALID';
  /** With `ERR_EMAIL_NOT_VERIFIED`, what the provider says instead of `true`. */
  emailNotVerified?: UnverifiedEmailCause;
  /** Which document gave which claim, for the operator. */
  claimSources?: ClaimSources;
  /** The answers to the questions of the gates. A question without an answer lets nobody in. */
  evidence?: GateEvidence;
  /**
   * There where the provider tells when its session ends ({@link BackchannelLogoutProvider}). `id`: what it calls that
   * session, the claim `sid` of the ID token.
   */
  providerSession?: { readonly id?: string };
  /** By gate, why its question has no answer, or less than a whole one; for the operator. */
  unanswered?: UnansweredGates;
  tokens: ProviderTokens;
}

/** The provider's tokens. They never reach a resolver's log, and rest encrypted. @public */
export interface ProviderTokens {
  accessToken: string;
  tokenType: string;
  idToken?: string;
  /** As the provider named them, where it did. */
  scopes?: readonly string[];
  /** Seconds from now; absent for a token without end. */
  expiresInSeconds?: number;
  refreshToken?: string;
}

/**
 * One configured provider.
 *
 * Its methods throw `ERR_PROVIDER_UNAVAILABLE` when no answer could be obtained, `ERR_PROVIDER_REFUSED` when the
 * provider said no, `ERR_PROVIDER_ANSWER_UNREADABLE` when an answer is not what the specification says, and
 * `ERR_PROVIDER_ANSWER_INVALID` when one failed a check. By the last, a session ends at a refresh; so an answer that is
 * only malformed there goes through {@link refreshErrorOf}.
 *
 * @public
 */
export interface OAuthProvider<TResult = unknown> {
  authorizationUrl(request: AuthorizationRequest): Promise<URL>;
  exchange(request: CodeExchange): Promise<ProviderGrant<TResult>>;
}

/** A provider that can renew its tokens without the person. @public */
export interface RefreshableProvider<TResult = unknown> {
  /** A grant without a new refresh token keeps the old one. */
  refresh(request: RefreshRequest): Promise<ProviderGrant<TResult>>;
}

/** A provider that can revoke its tokens (RFC 7009). @public */
export interface RevocableProvider {
  revoke(request: RevokeRequest): Promise<void>;
}

/** A provider at which a browser can sign out (OpenID Connect RP-Initiated Logout 1.0). @public */
export interface EndSessionProvider {
  /** Where the browser goes; `undefined` where the provider turns out to have no such address. */
  endSessionUrl(request: EndSessionRequest): Promise<URL | undefined>;
}

/** A provider that tells when its session ends (OpenID Connect Back-Channel Logout 1.0). @public */
export interface BackchannelLogoutProvider {
  /**
   * Verifies a logout token as section 2.6 says, but that it counts once.
   *
   * @throws `ERR_PROVIDER_ANSWER_INVALID`, and `ERR_PROVIDER_UNAVAILABLE` where the keys cannot be read.
   */
  verifyLogoutToken(logoutToken: string, options: { signal: AbortSignal }): Promise<LogoutToken>;
}

/** Whether a browser can sign out at the provider. @public */
export function canEndSession(provider: OAuthProvider): provider is OAuthProvider & EndSessionProvider {
  return 'endSessionUrl' in provider && typeof provider.endSessionUrl === 'function';
}

/** Whether a provider can tell that its session has ended. @public */
export function takesLogoutTokens(
  provider: OAuthProvider,
): provider is OAuthProvider & BackchannelLogoutProvider {
  return 'verifyLogoutToken' in provider && typeof provider.verifyLogoutToken === 'function';
}

/** Whether a provider can renew tokens; without, a session ends with its access token. @public */
export function isRefreshable<TResult>(
  provider: OAuthProvider<TResult>,
): provider is OAuthProvider<TResult> & RefreshableProvider<TResult> {
  return 'refresh' in provider && typeof provider.refresh === 'function';
}

/** Whether a provider can revoke tokens; without, signing out ends our session only. @public */
export function isRevocable(provider: OAuthProvider): provider is OAuthProvider & RevocableProvider {
  return 'revoke' in provider && typeof provider.revoke === 'function';
}

/** What a provider is made of. @public */
export interface OAuthProviderOptions<TSettings> {
  /** The block `auth.providers.<id>.<env>`, checked, without the keys that every OAuth provider has. */
  settings: TSettings;
  clientId: string;
  clientSecret: string | undefined;
  /** The block as it stands in the config, for providers that take keys a schema cannot describe. */
  config: Config;
  providerId: string;
  environment: string;
  /** Asked for always: those of the definition, of the gates in config, and `additionalScopes`. */
  scopes: readonly string[];
  logger: LoggerService;
  http: OutboundHttp;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
}

/** A type of OAuth provider: what `registerProvider` takes, wrapped by `createOAuthProviderFactory`. @public */
export interface OAuthProviderDefinition<TSettings = unknown, TResult = unknown> extends ProviderFacts {
  kind: 'oauth';
  /**
   * Describes the block `auth.providers.<id>.<env>` without `clientId`, `clientSecret`, `callbackUrl`,
   * `additionalScopes`, `sessionDuration`, `signIn` and `allow`, which every OAuth provider has.
   */
  configSchema: ConfigSchema<TSettings>;
  /** Whether a client secret is needed; with `optional`, a public client will do. Default `required`. */
  clientSecret?: 'required' | 'optional';
  /** Resolvers that config can name, besides the common ones. */
  resolvers?: Readonly<Record<string, SignInResolverFactory<TResult>>>;
  /** Asked for always. */
  requiredScopes: readonly string[];
  /** `providerInfo.scope` is the scope asked for at start, kept with the session, not what the vendor answers. */
  persistsScopes?: boolean;
  /**
   * What would make the vendor give a refresh token, in one sentence for whoever runs the portal. It is told where a login
   * came without one, so that its session ends with its access token. Default: a sentence that fits any vendor.
   */
  refreshTokenAdvice?(options: {
    settings: TSettings;
    /** Asked for always, as {@link OAuthProviderOptions.scopes}. */
    scopes: readonly string[];
    /** Of the block, for example `auth.providers.acme.production`. */
    path: string;
  }): string;
  /**
   * The gates whose questions the provider can answer, each with the scopes that this takes; they are asked for where
   * config has the gate. A gate that is not listed here lets nobody in by this provider, but `domains`, which needs
   * the profile only.
   */
  gates?: Readonly<Partial<Record<ProviderGate, { scopes: readonly string[] }>>>;
  /**
   * The verified claims in a result, by name: config maps them to groups (`auth.signIn.ephemeral`), and resolvers find them
   * as `info.claims`.
   */
  claimsOf?(result: TResult): Readonly<Record<string, unknown>>;
  /**
   * Those of them that resolvers are given, for a vendor where people write the others themselves. Default: all of them.
   */
  identifyingClaims?: readonly string[];
  /** Used where neither config nor a module names a resolver. */
  defaultResolver?(settings: TSettings): SignInResolver<TResult>;
  /** Makes the profile that the person sees, and may refuse; before the transforms of modules. */
  profileTransform?: ProfileTransform<TResult>;
  create(options: OAuthProviderOptions<TSettings>): OAuthProvider<TResult>;
}
