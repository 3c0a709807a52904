/** `auth.keyStore`: where the keys that sign our tokens come from. The names are Backstage's. */
import { signingAlgorithms } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

const keyFile = z.string().min(1);

const staticKeySchema = z.object({
  /** SPKI in PEM. A relative path starts at the working directory, as in Backstage. */
  publicKeyFile: keyFile,
  /** PKCS#8 in PEM, not encrypted. */
  privateKeyFile: keyFile,
  /** The `kid`, by which verifiers find the key. */
  keyId: z.string().min(1),
  /** Default: ES256. */
  algorithm: z.enum(signingAlgorithms).optional(),
});

/** One entry of `auth.keyStore.static.keys`. */
export type StaticKeySettings = z.infer<typeof staticKeySchema>;

/** @see openKeyStore */
export const keyStoreSchema = z
  .object({
    /** Default: `database`. `firestore` is not there: the keys are then kept in the database, with a warning. */
    provider: z.enum(['database', 'memory', 'static', 'firestore']).optional(),
    /** The first key signs; all are published. */
    static: z
      .object({ keys: z.array(staticKeySchema).min(1, 'must list at least one key') })
      .superRefine(({ keys }, context) => {
        keys.forEach(({ keyId }, index) => {
          if (keys.findIndex((key) => key.keyId === keyId) === index) return;
          const message = 'is the keyId of an earlier key; verifiers find a key by it alone';
          context.addIssue({ code: 'custom', path: ['keys', index, 'keyId'], message });
        });
      })
      .optional(),
    firestore: z.looseObject({}).optional(),
  })
  .superRefine((keyStore, context) => {
    if (keyStore.provider !== 'static' || keyStore.static !== undefined) return;
    const message = "is needed with 'provider: static': a list 'keys' of the files of keys";
    context.addIssue({ code: 'custom', path: ['static'], message });
  });

/** `auth.keyStore`. */
export type KeyStoreSettings = z.infer<typeof keyStoreSchema>;
