/** The keys of Google under `auth.providers.<id>.<env>`, besides those that every OAuth provider has. None is secret. */
import { z } from 'zod';

const gateKeySchema = z.never({ error: "is a gate: write 'allow.hostedDomains', with a list" }).optional();

/** Checks those keys, in `auth.providers.<id>.<env>`, and fills in the defaults. @public */
export const googleConfigSchema = z.object({
  /**
   * Absent, `consent`: without it Google gives a refresh token at the first sign-in only. `auto` sends no `prompt`; any
   * other value is sent as it is, for example `select_account consent`.
   */
  prompt: z.string().min(1).optional(),
  hd: gateKeySchema,
  hostedDomain: gateKeySchema,
});

/** The keys once checked, every default filled in. @public */
export type GoogleSettings = z.infer<typeof googleConfigSchema>;
