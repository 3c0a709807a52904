/** The keys that the pages read. */
import { z } from 'zod';

export const authWebConfigSchema = z.object({
  app: z
    .object({
      /** Where the consent page is; served from here if that is here. Default: here. */
      baseUrl: z.string().optional(),
      /** The portal's name on the pages. Default `Vestibule`. */
      title: z.string().min(1).optional(),
    })
    .optional(),
});
