/** The keys of Acme ID under `auth.providers.acme.<env>`, besides those that every OAuth provider has. */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { isHttpsOrLoopback } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

/** @public */
export const acmeConfigSchema = z.object({
  /** Where Acme ID runs. Default `https://id.acme.example`; http is for loopback only. */
  baseUrl: z
    .string()
    .refine((text) => {
      const url = parseUrl(text);
      return url !== undefined && isHttpsOrLoopback(url);
    }, 'must be an https URL')
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://id.acme.example'),
});

/** @public */
export type AcmeSettings = z.infer<typeof acmeConfigSchema>;
