/**
 * What the OAuth server is allowed to do: `auth.staticClients`, `auth.clientIdMetadataDocuments`,
 * `auth.experimentalDynamicClientRegistration` and `auth.experimentalRefreshToken`. The names and defaults are
 * Backstage's, of which the newest no longer has registration; everything is off by default.
 */
import { durationSchema } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { readStaticClients, staticClientsSchema, type StaticClient } from './staticClients.ts';
import { parseUrlPattern } from './urlPattern.ts';

const dayMilliseconds = 86_400_000;
const defaultIdle = 30 * dayMilliseconds;
const defaultAbsolute = 365 * dayMilliseconds;

/** Where a native client listens (RFC 8252 section 7.3): this machine, any port. */
const loopbackRedirects = ['http://localhost:*/*', 'http://127.0.0.1:*/*', 'http://[::1]:*/*'];
const defaultClientIds = [
  'https://claude.ai/*',
  'https://vscode.dev/*',
  'https://chatgpt.com/oauth/codex/*/client.json',
  'https://cursor.com/oauth/mcp-client.json',
];
const defaultRegisteredRedirects = ['cursor://*', 'https://www.cursor.com/*', ...loopbackRedirects];

const patterns = z.array(
  z.string().superRefine((text, context) => {
    const pattern = parseUrlPattern(text);
    if ('problem' in pattern) context.addIssue({ code: 'custom', message: pattern.problem });
  }),
);

// Strict, as all that say which clients come in: a key that nobody knows would leave the wide defaults.
const metadataDocumentsSchema = z.strictObject({
  enabled: z.boolean().optional(),
  /** Which client ids may be fetched. */
  allowedClientIdPatterns: patterns.optional(),
  /** Where a client may be redirected to, besides what its document says. */
  allowedRedirectUriPatterns: patterns.optional(),
});

/** The keys under `auth`. */
export const oauthServerSchema = {
  /** Clients that the operator names. */
  staticClients: staticClientsSchema.optional(),
  clientIdMetadataDocuments: metadataDocumentsSchema.optional(),
  /** The name of old; without effect beside the new one. */
  experimentalClientIdMetadataDocuments: metadataDocumentsSchema.optional(),
  experimentalDynamicClientRegistration: z
    .strictObject({ enabled: z.boolean().optional(), allowedRedirectUriPatterns: patterns.optional() })
    .optional(),
  experimentalRefreshToken: z
    .strictObject({
      enabled: z.boolean().optional(),
      /** How long a refresh token lives since its last use. Default 30 days. */
      tokenLifetime: durationSchema.optional(),
      /** How long the tokens of one grant live altogether. Default a year. */
      maxRotationLifetime: durationSchema.optional(),
      /** Of one user; the grant that was not used for longest goes first. Default 20. */
      maxTokensPerUser: z.number().int().min(1).optional(),
      /** Give new tokens also to users whom the catalog no longer has. */
      dangerouslyDisableCatalogPresenceCheck: z.boolean().optional(),
    })
    .superRefine(({ tokenLifetime = defaultIdle, maxRotationLifetime = defaultAbsolute }, context) => {
      if (maxRotationLifetime > tokenLifetime && tokenLifetime > 0) return;
      const path = [tokenLifetime > 0 ? 'maxRotationLifetime' : 'tokenLifetime'];
      const message = tokenLifetime > 0 ? "must be longer than 'tokenLifetime'" : 'must not be nothing';
      context.addIssue({ code: 'custom', path, message });
    })
    .optional(),
};

/** The keys, as the config has them. */
export type OAuthServerBlocks = z.infer<z.ZodObject<typeof oauthServerSchema>>;

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
  readonly metadataDocuments?: {
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
      metadataDocuments: {
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
    idleMilliseconds: refresh.tokenLifetime ?? defaultIdle,
    absoluteMilliseconds: refresh.maxRotationLifetime ?? defaultAbsolute,
    maximumPerUser: refresh.maxTokensPerUser ?? 20,
    checksCatalog: refresh.dangerouslyDisableCatalogPresenceCheck !== true,
  };
}
