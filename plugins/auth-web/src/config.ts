/** The keys that the page reads. */
import { z } from 'zod';

export const authWebConfigSchema = z.object({
  app: z
    .object({
      /** The portal's name on the page. Default `Vestibule`. */
      title: z.string().min(1).optional(),
    })
    .optional(),
});
