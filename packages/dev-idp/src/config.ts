/** The keys under `devIdp`. */
import { z } from 'zod';

const client = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).meta({ visibility: 'secret' }),
  redirectUris: z.array(z.url()).min(1),
});

/** Describes the root key `devIdp`. @public */
export const devIdpConfigSchema = z.object({
  devIdp: z
    .object({
      /** Default `false`. Refused in production. */
      enabled: z.boolean().optional(),
      /** Further applications that may send people here. */
      clients: z.array(client).optional(),
    })
    .optional(),
});
