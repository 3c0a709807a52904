/** The schema of `auth` in the config. Blocks of providers are checked apart, so that a fault in one disables only it. */
import { durationSchema } from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import { signingAlgorithms } from './keys/algorithms.ts';

/** An http or https URL. */
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** The parts of the root config that this plugin reads. */
export const authConfigSchema = z.object({
  app: z.looseObject({ baseUrl: httpUrl.optional() }).optional(),
  auth: z
    .object({
      environment: z.string().optional(),
      session: z
        .object({
          secret: z.string().min(1).meta({ visibility: 'secret' }).optional(),
          graceDuration: durationSchema.optional(),
        })
        .optional(),
      signIn: z.object({ allowAnyProviderResolvers: z.boolean().optional() }).optional(),
      identityTokenAlgorithm: z.enum(signingAlgorithms).optional(),
      omitIdentityTokenOwnershipClaim: z.boolean().optional(),
      backstageTokenExpiration: durationSchema.optional(),
      experimentalExtraAllowedOrigins: z
        // A negated pattern would allow every other origin there is.
        .array(z.string().regex(/^[^!]/, 'must be an origin or a pattern of origins, and no negation'))
        .optional(),
      providers: z.record(z.string(), z.unknown()).optional(),
      // Backstage's, without effect here: read by its front end, of its OAuth server, or of its key stores.
      keyStore: z.looseObject({}).optional(),
      autologout: z.looseObject({}).optional(),
      experimentalRefreshToken: z.looseObject({}).optional(),
      experimentalDynamicClientRegistration: z.looseObject({}).optional(),
      clientIdMetadataDocuments: z.looseObject({}).optional(),
      experimentalClientIdMetadataDocuments: z.looseObject({}).optional(),
    })
    .optional(),
});

/** Keys of Backstage that are accepted and do nothing here. */
export const keysWithoutEffect = [
  'keyStore',
  'experimentalRefreshToken',
  'experimentalDynamicClientRegistration',
  'clientIdMetadataDocuments',
  'experimentalClientIdMetadataDocuments',
] as const;

/** `signIn` of a provider. Options of a resolver stand beside its name and are checked by the resolver. */
const signInSchema = z.object({
  resolvers: z.array(z.looseObject({ resolver: z.string() })).optional(),
});

/** The keys that every OAuth-type provider has, under `auth.providers.<id>.<env>`. */
export function oauthSettingsSchema(clientSecret: 'required' | 'optional') {
  const secret = z.string().min(1).meta({ visibility: 'secret' });
  return z.object({
    clientId: z.string().min(1),
    clientSecret: clientSecret === 'required' ? secret : secret.optional(),
    callbackUrl: httpUrl.refine((url) => !/[?#]/.test(url), 'must have no query and no fragment').optional(),
    additionalScopes: z.union([z.string(), z.array(z.string())]).optional(),
    sessionDuration: durationSchema.optional(),
    signIn: signInSchema.optional(),
  });
}

/** The keys that every proxy-type provider has, under `auth.providers.<id>`. */
export const proxySettingsSchema = z.object({ signIn: signInSchema.optional() });

/** One entry of `signIn.resolvers`. */
export const resolverEntrySchema = z.object({ resolver: z.string() });
