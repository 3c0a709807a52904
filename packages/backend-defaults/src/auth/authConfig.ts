/** The keys of `backend.auth` that `core.auth` reads. The default policy's belongs to `core.httpRouter`. */
import { readConfig, withProductionCheck, type Config } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { externalAccessSchema, legacyKeysSchema } from './external/externalAccessConfig.ts';
import { weakSecretsInProduction } from './external/weakSecrets.ts';
import { signatureAlgorithms } from './tokens.ts';

const staticKey = z.object({
  /** SPKI, PEM. */
  publicKeyFile: z.string().min(1),
  /** PKCS#8, PEM. The first key signs and needs it. */
  privateKeyFile: z.string().min(1).optional(),
  keyId: z.string().min(1),
  /** Default `ES256`. */
  algorithm: z.enum(signatureAlgorithms as [string, ...string[]]).optional(),
});

/** The value of `backend.auth.pluginKeyStore`. */
export const pluginKeyStoreSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('database') }),
  z.object({
    type: z.literal('static'),
    static: z.object({
      keys: z
        .array(staticKey)
        .min(1, { error: 'must have a key, to sign with' })
        .refine(([first]) => !first || first.privateKeyFile !== undefined, {
          error: 'must have a privateKeyFile in the first key, which signs',
        })
        .refine((keys) => new Set(keys.map(({ keyId }) => keyId)).size === keys.length, {
          error: 'must have a keyId of its own for each key',
        }),
    }),
  }),
]);

const auth = z.object({
  externalAccess: externalAccessSchema.optional(),
  /** Deprecated by Backstage: legacy secrets, without a subject. */
  keys: legacyKeysSchema.optional(),
  pluginKeyStore: pluginKeyStoreSchema.optional(),
});

const schema = z.object({ backend: z.object({ auth: auth.optional() }).optional() });

/** Attached to the factory, so that all keys are checked right after the config is read. @public */
export const authServiceConfigSchema = withProductionCheck(schema, weakSecretsInProduction);

/** The value of `backend.auth`. */
export type AuthServiceConfig = z.output<typeof auth>;

/** @throws `ERR_CONFIG_INVALID`. */
export function readAuthServiceConfig(config: Config): AuthServiceConfig {
  return readConfig({ config, schema, owner: 'core.auth' }).backend?.auth ?? {};
}
