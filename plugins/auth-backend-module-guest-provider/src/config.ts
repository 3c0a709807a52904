/** The keys of the guest provider: the block `auth.providers.guest`, which is not divided by environment. */
import {
  isFullEntityRef,
  parseEntityRef,
  parseFullEntityRef,
  stringifyEntityRef,
} from '@vestibule/catalog-model';
import { z } from 'zod';

const entityRefSchema = z
  .string()
  .refine(isFullEntityRef, "must be a full entity reference such as 'user:development/guest'")
  .transform((ref) => stringifyEntityRef(parseFullEntityRef(ref)));

/** What a user's reference leaves out is the catalog's own, as with Backstage: `jane` is `user:default/jane`. */
const userRefSchema = z.string().transform((ref, context) => {
  try {
    return stringifyEntityRef(parseFullEntityRef(parseEntityRef(ref, { defaultKind: 'user' })));
  } catch {
    const message = "must be the entity reference of a user, such as 'user:development/guest'";
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
});

/** Checks those keys, in `auth.providers.<id>`, and fills in the defaults. @public */
export const guestConfigSchema = z.object({
  /** Who a guest is. Default `user:development/guest`. */
  userEntityRef: userRefSchema.default('user:development/guest'),
  /** What a guest owns where the catalog does not know them. Default: the guest alone. */
  ownershipEntityRefs: z.array(entityRefSchema).optional(),
  /** Lets everybody who reaches the portal sign in as the guest, in production too. Default: false. */
  dangerouslyAllowOutsideDevelopment: z.boolean().default(false),
  /** Lets guests sign in as whichever user of the catalog they like. In development only, whatever stands here. Default: true. */
  pickUser: z.boolean().default(true),
});

/** The keys once checked, every default filled in. @public */
export type GuestSettings = z.infer<typeof guestConfigSchema>;
