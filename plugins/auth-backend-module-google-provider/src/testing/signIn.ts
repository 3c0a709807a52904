/** Google, configured against a stand-in, and a login through it as the auth plugin does it. For tests only. */
import { createHash, randomBytes } from 'node:crypto';
import type { Config, LoggerService } from '@vestibule/backend-plugin-api';
import type { EmulatedVendor } from '@vestibule/emulated-vendors';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type {
  CodeExchange,
  GateQuestions,
  OAuthResult,
  OpenIdMetadata,
  ProviderGrant,
  RefreshRequest,
} from '@vestibule/plugin-auth-node';
import { createGoogleProvider, type GoogleProvider } from '../authenticator.ts';
import { googleConfigSchema } from '../config.ts';

export const callbackUrl = 'http://127.0.0.1:7007/api/auth/google/handler/frame';
export const client = { clientId: 'test-client', clientSecret: 'test-secret' };
export const requiredScopes = [
  'openid',
  'https://www.googleapis.com/auth/userinfo.email',
  'https://www.googleapis.com/auth/userinfo.profile',
];

/** Where the emulator has what Google has elsewhere. */
export function endpointsOf({ url }: Pick<EmulatedVendor, 'url'>): OpenIdMetadata {
  return {
    issuer: url,
    authorization_endpoint: `${url}/o/oauth2/v2/auth`,
    token_endpoint: `${url}/oauth2/token`,
    userinfo_endpoint: `${url}/oauth2/v2/userinfo`,
    jwks_uri: `${url}/oauth2/v3/certs`,
    revocation_endpoint: `${url}/oauth2/revoke`,
  };
}

export function configuredGoogle(setup: {
  endpoints?: OpenIdMetadata;
  http: OutboundHttp;
  keys?: Record<string, unknown>;
  now?(): number;
}): GoogleProvider {
  const { endpoints, http, keys = {}, now = Date.now } = setup;
  const silent = (): void => undefined;
  const logger: LoggerService = {
    error: silent,
    warn: silent,
    info: silent,
    debug: silent,
    child: () => logger,
  };
  return createGoogleProvider(
    {
      ...client,
      settings: googleConfigSchema.parse(keys),
      config: {} as Config,
      providerId: 'google',
      environment: 'development',
      scopes: [],
      logger,
      http,
      now,
    },
    endpoints,
  );
}

/** What the auth plugin keeps between start and callback. */
export interface Attempt {
  url: URL;
  state: string;
  nonce: string;
  codeVerifier: string;
  questions: { questions?: GateQuestions };
}

export async function start(google: GoogleProvider, questions?: GateQuestions): Promise<Attempt> {
  const random = (): string => randomBytes(32).toString('base64url');
  const secrets = { state: random(), nonce: random(), codeVerifier: random() };
  const asked = questions ? { questions } : {};
  const url = await google.authorizationUrl({
    state: secrets.state,
    nonce: secrets.nonce,
    codeChallenge: createHash('sha256').update(secrets.codeVerifier).digest('base64url'),
    scopes: requiredScopes,
    callbackUrl,
    ...asked,
    signal: AbortSignal.timeout(10_000),
  });
  return { url, ...secrets, questions: asked };
}

/** The exchange of an attempt whose browser came back to `callback`. */
export function exchangeOf(
  { state, nonce, codeVerifier, questions }: Attempt,
  callback: URL | string,
  changes: Partial<CodeExchange> = {},
): CodeExchange {
  return {
    parameters: new URL(callback).searchParams,
    state,
    nonce,
    codeVerifier,
    scopes: requiredScopes,
    callbackUrl,
    ...questions,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

export async function signIn(
  google: GoogleProvider,
  authorize: (url: URL) => Promise<URL | string>,
  questions?: GateQuestions,
): Promise<ProviderGrant<OAuthResult>> {
  const attempt = await start(google, questions);
  return google.exchange(exchangeOf(attempt, await authorize(attempt.url)));
}

/** The refresh of a session that a sign-in began. */
export function refreshOf(
  { tokens, subject, issuer }: ProviderGrant<OAuthResult>,
  changes: Partial<RefreshRequest> = {},
): RefreshRequest {
  return {
    refreshToken: tokens.refreshToken ?? 'none',
    scopes: requiredScopes,
    subject,
    issuer,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

/** Where the scripted OpenID Provider has what Google has elsewhere. */
export function endpointsOfScripted({ issuer }: { issuer: string }): OpenIdMetadata {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorization`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    revocation_endpoint: `${issuer}/revocation`,
  };
}
