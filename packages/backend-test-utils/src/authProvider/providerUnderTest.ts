/** A provider made from its definition as the auth plugin makes it, and the steps of a login through it. */
import { createHash, randomBytes } from 'node:crypto';
import { createConfig } from '@vestibule/backend-defaults';
import { readConfig, systemClock, type JsonObject } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  providerDefinitionOf,
  type AuthProviderFactory,
  type CodeExchange,
  type OAuthProvider,
  type RefreshRequest,
} from '@vestibule/plugin-auth-node';
import { followRedirect } from '../signIn/followRedirect.ts';
import { createMockLogger } from '../mockServices/mockLogger.ts';

/** What `make` of {@link describeAuthProvider} gives. @public */
export interface AuthProviderUnderTest {
  /** What `registerProvider` takes. */
  factory: AuthProviderFactory;
  /**
   * The block `auth.providers.<id>.<env>`, which leads to the running stand-in of the vendor. With `additionalScopes`
   * where the vendor gives a refresh token only for them.
   */
  config: JsonObject & { clientId: string; clientSecret?: string; additionalScopes?: string | string[] };
  /**
   * Follows an authorization URL as the browser of a person who agrees; the answer is the callback URL. Default: one
   * request, which the stand-in answers with a redirect to the callback.
   */
  authorize?(url: URL): Promise<URL>;
  /** Runs after each test. */
  close?(): Promise<void>;
}

/** A callback of this shape is registered nowhere: a stand-in accepts any. */
export const callbackUrl = 'http://localhost:7007/api/auth/provider-under-test/handler/frame';

/** One login, from the authorization URL to what the provider is asked for next. */
export interface Attempt {
  url: URL;
  state: string;
  nonce: string;
  codeVerifier: string;
  scopes: readonly string[];
}

/** The provider, ready for logins. */
export interface ConfiguredProvider {
  provider: OAuthProvider;
  clientId: string;
  clientSecret: string | undefined;
  scopes: readonly string[];
  begin(): Promise<Attempt>;
  /** Begins, and follows the browser to the callback. */
  reachCallback(): Promise<CodeExchange>;
}

export function configure(
  { factory, config, authorize = followRedirect }: AuthProviderUnderTest,
  http: OutboundHttp,
): ConfiguredProvider {
  const definition = providerDefinitionOf(factory);
  if (definition?.kind !== 'oauth') throw new TypeError('The factory is not of createOAuthProviderFactory.');
  const { clientId, clientSecret, additionalScopes = [] } = config;
  const further = [additionalScopes].flat().flatMap((one) => one.split(/[\s,]+/));
  const scopes = [...new Set([...definition.requiredScopes, ...further])];
  const provider = definition.create({
    settings: readConfig({
      config: createConfig(config),
      schema: definition.configSchema,
      owner: 'the provider',
    }),
    clientId,
    clientSecret,
    config: createConfig(config),
    providerId: 'provider-under-test',
    environment: 'test',
    scopes,
    logger: createMockLogger(),
    http,
    now: () => systemClock.now(),
  });

  const begin = async (): Promise<Attempt> => {
    const random = (): string => randomBytes(32).toString('base64url');
    const attempt = { state: random(), nonce: random(), codeVerifier: random(), scopes };
    const { state, nonce, codeVerifier } = attempt;
    const codeChallenge = challengeOf(codeVerifier);
    const request = { state, nonce, codeChallenge, scopes, callbackUrl, signal: deadline() };
    return { ...attempt, url: await provider.authorizationUrl(request) };
  };
  return {
    provider,
    clientId,
    clientSecret,
    scopes,
    begin,
    async reachCallback() {
      const { url, ...attempt } = await begin();
      const callback = await authorize(url);
      return { ...attempt, parameters: callback.searchParams, callbackUrl, signal: deadline() };
    },
  };
}

/** The request that renews a grant. */
export function refreshOf(
  grant: { subject: string; issuer: string; tokens: { refreshToken?: string } },
  scopes: readonly string[],
): RefreshRequest {
  const { subject, issuer, tokens } = grant;
  return { refreshToken: tokens.refreshToken ?? '', subject, issuer, scopes, signal: deadline() };
}

/** RFC 7636 section 4.2. */
export function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url');
}

function deadline(): AbortSignal {
  return AbortSignal.timeout(15_000);
}
