/** What the OAuth server is allowed to do: the keys of the config, with the defaults of whatever they leave out. */
import { defaultAbsoluteMilliseconds, defaultIdleMilliseconds, type OAuthServerBlocks } from './config.ts';
import { readStaticClients, type StaticClient } from './clients/staticClients.ts';

/** Where a native client listens (RFC 8252 section 7.3): this machine, any port. */
const loopbackRedirects = ['http://localhost:*/*', 'http://127.0.0.1:*/*', 'http://[::1]:*/*'];
const defaultClientIds = [
  'https://claude.ai/*',
  'https://vscode.dev/*',
  'https://chatgpt.com/oauth/codex/*/client.json',
  'https://cursor.com/oauth/mcp-client.json',
];
const defaultRegisteredRedirects = ['cursor://*', 'https://www.cursor.com/*', ...loopbackRedirects];

/** Families of refresh tokens. */
export interface RefreshTokenSettings {
  readonly idleMilliseconds: number;
  readonly absoluteMilliseconds: number;
  readonly maximumPerUser: number;
  readonly checksCatalog: boolean;
}

/** What is on. */
export interface OAuthServerSettings {
  /** Clients that the operator names; may be none. */
  readonly staticClients: readonly StaticClient[];
  /** Client ID metadata documents: a client's id is the URL of its description. */
  readonly clientMetadataDocuments?: {
    readonly clientIdPatterns: readonly string[];
    readonly redirectUriPatterns: readonly string[];
  };
  /** Dynamic client registration (RFC 7591). */
  readonly registration?: { readonly redirectUriPatterns: readonly string[] };
  readonly refreshTokens?: RefreshTokenSettings;
}

/** `undefined` where no client could be known, and so nothing of the OAuth server is there. */
export function readOAuthServerSettings(blocks: OAuthServerBlocks): OAuthServerSettings | undefined {
  const documents = blocks.clientIdMetadataDocuments ?? blocks.experimentalClientIdMetadataDocuments;
  const registration = blocks.experimentalDynamicClientRegistration;
  const staticClients = readStaticClients(blocks.staticClients ?? []);
  const refreshTokens = readRefreshTokenSettings(blocks);
  if (documents?.enabled !== true && registration?.enabled !== true && staticClients.length === 0) {
    return undefined;
  }
  return {
    staticClients,
    ...(documents?.enabled === true && {
      clientMetadataDocuments: {
        clientIdPatterns: documents.allowedClientIdPatterns ?? defaultClientIds,
        redirectUriPatterns: documents.allowedRedirectUriPatterns ?? loopbackRedirects,
      },
    }),
    ...(registration?.enabled === true && {
      registration: {
        redirectUriPatterns: registration.allowedRedirectUriPatterns ?? defaultRegisteredRedirects,
      },
    }),
    ...(refreshTokens && { refreshTokens }),
  };
}

/** `undefined` where they are off. */
export function readRefreshTokenSettings({
  experimentalRefreshToken: refresh,
}: OAuthServerBlocks): RefreshTokenSettings | undefined {
  if (refresh?.enabled !== true) return undefined;
  return {
    idleMilliseconds: refresh.tokenLifetime ?? defaultIdleMilliseconds,
    absoluteMilliseconds: refresh.maxRotationLifetime ?? defaultAbsoluteMilliseconds,
    maximumPerUser: refresh.maxTokensPerUser ?? 20,
    checksCatalog: refresh.dangerouslyDisableCatalogPresenceCheck !== true,
  };
}

/** What can be granted. */
export function scopesOf({ refreshTokens }: OAuthServerSettings): string[] {
  return ['openid', ...(refreshTokens ? ['offline_access'] : [])];
}
