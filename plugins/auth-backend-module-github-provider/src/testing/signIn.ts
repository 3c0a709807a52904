/** A configured provider and a login through it, as the auth plugin does it. For tests only. */
import { createHash, randomBytes } from 'node:crypto';
import type { Config, LoggerService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type { CodeExchange, ProviderGrant, RefreshRequest } from '@vestibule/plugin-auth-node';
import { createGitHubProvider, type GitHubProvider, type GitHubResult } from '../authenticator.ts';
import { githubConfigSchema } from '../config.ts';
import { clientId, clientSecret } from './scriptedGitHub.ts';

export const callbackUrl = 'http://127.0.0.1:7007/api/auth/github/handler/frame';

export interface TestSetup {
  url: string;
  http: OutboundHttp;
  clientSecret?: string;
  scopes?: readonly string[];
  /** Further keys of the config. */
  keys?: Record<string, unknown>;
  now?(): number;
  logged?: string[];
}

export function configuredProvider(setup: TestSetup): GitHubProvider {
  const { url, http, scopes = ['read:user'], keys, now = Date.now, logged = [] } = setup;
  const log =
    (level: string) =>
    (message: string): void =>
      void logged.push(`${level}: ${message}`);
  const logger: LoggerService = {
    error: log('error'),
    warn: log('warn'),
    info: log('info'),
    debug: log('debug'),
    child: () => logger,
  };
  return createGitHubProvider({
    settings: githubConfigSchema.parse({ enterpriseInstanceUrl: url, ...keys }),
    clientId,
    clientSecret: setup.clientSecret ?? clientSecret,
    config: {} as Config,
    providerId: 'github',
    environment: 'development',
    scopes,
    logger,
    http,
    now,
  });
}

/** What the auth plugin keeps between start and callback. */
export interface Attempt {
  url: URL;
  state: string;
  codeVerifier: string;
  scopes: readonly string[];
}

export async function start(provider: GitHubProvider, scopes: readonly string[] = []): Promise<Attempt> {
  const random = (): string => randomBytes(32).toString('base64url');
  const [state, codeVerifier] = [random(), random()];
  const asked = ['read:user', ...scopes];
  const url = await provider.authorizationUrl({
    state,
    nonce: random(),
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    scopes: asked,
    callbackUrl,
    signal: AbortSignal.timeout(10_000),
  });
  return { url, state, codeVerifier, scopes: asked };
}

/** The exchange of an attempt whose browser came back to `callback`. */
export function exchangeOf(
  attempt: Attempt,
  callback: URL,
  changes: Partial<CodeExchange> = {},
): CodeExchange {
  const { state, codeVerifier, scopes } = attempt;
  return {
    parameters: callback.searchParams,
    state,
    nonce: 'unused',
    codeVerifier,
    scopes,
    callbackUrl,
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}

export interface SignInOptions {
  /** Besides `read:user`. */
  scopes?: readonly string[];
  authorize(url: URL): Promise<URL>;
  changes?: Partial<CodeExchange>;
}

export async function signIn(
  provider: GitHubProvider,
  { scopes, authorize, changes }: SignInOptions,
): Promise<ProviderGrant<GitHubResult>> {
  const attempt = await start(provider, scopes);
  return provider.exchange(exchangeOf(attempt, await authorize(attempt.url), changes));
}

/** The refresh of a login. */
export function refreshOf(
  { subject, issuer, tokens, result }: ProviderGrant<GitHubResult>,
  changes: Partial<RefreshRequest> = {},
): RefreshRequest {
  return {
    refreshToken: tokens.refreshToken ?? '',
    scopes: [],
    subject,
    issuer,
    earlier: { result },
    signal: AbortSignal.timeout(10_000),
    ...changes,
  };
}
