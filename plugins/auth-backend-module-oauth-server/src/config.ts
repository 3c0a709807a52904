/**
 * The schema of this module's keys: `auth.staticClients`, `auth.clientIdMetadataDocuments`,
 * `auth.experimentalDynamicClientRegistration` and `auth.experimentalRefreshToken`. The names and defaults are
 * Backstage's, of which the newest no longer has registration; everything is off by default.
 */
import { withProductionCheck } from '@vestibule/backend-plugin-api';
import { durationSchema } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { staticClientsSchema } from './clients/staticClients.ts';
import { parseUrlPattern } from './clients/urlPattern.ts';
import { clientSecretProblemsInProduction } from './clientSecretProblems.ts';

const dayMilliseconds = 86_400_000;
export const defaultIdleMilliseconds = 30 * dayMilliseconds;
export const defaultAbsoluteMilliseconds = 365 * dayMilliseconds;

const patterns = z.array(
  z.string().superRefine((text, context) => {
    const pattern = parseUrlPattern(text);
    if ('problem' in pattern) context.addIssue({ code: 'custom', message: pattern.problem });
  }),
);

// Strict, as all that say which clients come in: a key that nobody knows would leave the wide defaults.
const clientMetadataDocumentsSchema = z.strictObject({
  enabled: z.boolean().optional(),
  /** Which client ids may be fetched. */
  allowedClientIdPatterns: patterns.optional(),
  /** Where a client may be redirected to, besides what its document says. */
  allowedRedirectUriPatterns: patterns.optional(),
});

/** The keys under `auth`. */
const oauthServerKeys = {
  /** Clients that the operator names. */
  staticClients: staticClientsSchema.optional(),
  clientIdMetadataDocuments: clientMetadataDocumentsSchema.optional(),
  /** The name of old; without effect beside the new one. */
  experimentalClientIdMetadataDocuments: clientMetadataDocumentsSchema.optional(),
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
    .superRefine(
      (
        { tokenLifetime = defaultIdleMilliseconds, maxRotationLifetime = defaultAbsoluteMilliseconds },
        context,
      ) => {
        if (maxRotationLifetime > tokenLifetime && tokenLifetime > 0) return;
        const path = [tokenLifetime > 0 ? 'maxRotationLifetime' : 'tokenLifetime'];
        const message = tokenLifetime > 0 ? "must be longer than 'tokenLifetime'" : 'must not be nothing';
        context.addIssue({ code: 'custom', path, message });
      },
    )
    .optional(),
};

/** The keys, as the config has them. */
export type OAuthServerBlocks = z.infer<z.ZodObject<typeof oauthServerKeys>>;

/** The parts of the root config that this module reads. */
export const oauthServerConfigSchema = withProductionCheck(
  z.object({ auth: z.object(oauthServerKeys).optional() }),
  clientSecretProblemsInProduction,
);
