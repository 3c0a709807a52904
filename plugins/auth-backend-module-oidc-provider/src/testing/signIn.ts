/** A configured provider and a login through it, as the auth plugin does it. For tests only. */
import { createHash, randomBytes } from 'node:crypto';
import type { Config, LoggerService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type { CodeExchange, ProviderGrant } from '@vestibule/plugin-auth-node';
import { createOidcProvider, type OidcProvider } from '../authenticator.ts';
import { oidcConfigSchema } from '../config.ts';
import type { OidcResult } from '../result.ts';

export const callbackUrl = 'http://127.0.0.1:7007/api/auth/oidc/handler/frame';

export interface TestSetup {
  metadataUrl: string;
  http: OutboundHttp;
  clientId?: string;
  clientSecret?: string | undefined;
  /** Further keys of the config. */
  keys?: Record<string, unknown>;
  now?(): number;
  logged?: string[];
}

export function configuredProvider(setup: TestSetup): OidcProvider {
  const { metadataUrl, http, clientId = 'test-client', keys, now = Date.now, logged = [] } = setup;
  const log = (message: string): void => void logged.push(message);
  const logger: LoggerService = { error: log, warn: log, info: log, debug: log, child: () => logger };
  return createOidcProvider({
    settings: oidcConfigSchema.parse({ metadataUrl, ...keys }),
    clientId,
    clientSecret: 'clientSecret' in setup ? setup.clientSecret : 'test-secret',
    config: {} as Config,
    providerId: 'oidc',
    environment: 'development',
    scopes: [],
    logger,
    http,
    now,
  });
}

/** What the auth plugin keeps between start and callback. */
export interface Attempt {
  url: URL;
  state: string;
  nonce: string;
  codeVerifier: string;
  scopes: string[];
}

export async function start(provider: OidcProvider, scopes: string[] = []): Promise<Attempt> {
  const random = (): string => randomBytes(32).toString('base64url');
  const secrets = { state: random(), nonce: random(), codeVerifier: random() };
  const asked = ['openid', 'profile', 'email', ...scopes];
  const url = await provider.authorizationUrl({
    state: secrets.state,
    nonce: secrets.nonce,
    codeChallenge: createHash('sha256').update(secrets.codeVerifier).digest('base64url'),
    scopes: asked,
    callbackUrl,
    signal: AbortSignal.timeout(10_000),
  });
  return { url, ...secrets, scopes: asked };
}

/** The exchange of an attempt whose browser came back to `callback`. */
export function exchangeOf(
  attempt: Attempt,
  callback: URL,
  changes: Partial<CodeExchange> = {},
): CodeExchange {
  const { state, nonce, codeVerifier, scopes } = attempt;
  return {
    parameters: callback.searchParams,
    state,
    nonce,
    codeVerifier,
    scopes,
    callbackUrl,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

export interface SignInOptions {
  scopes?: string[];
  authorize(url: URL): Promise<URL>;
  /** Changes what comes back, or what it must match. */
  changes?: Partial<CodeExchange>;
}

export async function signIn(
  provider: OidcProvider,
  { scopes, authorize, changes }: SignInOptions,
): Promise<ProviderGrant<OidcResult>> {
  const attempt = await start(provider, scopes);
  return provider.exchange(exchangeOf(attempt, await authorize(attempt.url), changes));
}
