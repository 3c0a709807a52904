/** The keys of GitHub under `auth.providers.<id>.<env>`, besides those that every OAuth provider has. */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { durationSchema, isHttpsOrLoopback, trustUnverifiedEmailSchema } from '@vestibule/plugin-auth-node';
import { z } from 'zod';

const instanceUrlSchema = z
  .string()
  .superRefine((text, context) => {
    const problem = problemOfInstanceUrl(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  // Issuers are compared character by character, so the address gets its one spelling here.
  .transform((text) => new URL(text).href.replace(/\/+$/, ''));

/** Checks those keys, in `auth.providers.<id>.<env>`, and fills in the defaults. @public */
export const githubConfigSchema = z.object({
  /** The address of a GitHub Enterprise. https; http for loopback only. Default: github.com. */
  enterpriseInstanceUrl: instanceUrlSchema.optional(),
  /** Deadline of each call to GitHub. Default 10 s, which is also the most that an outbound call may take. */
  timeout: durationSchema.refine((milliseconds) => milliseconds > 0, 'must be longer than 0').default(10_000),
  /**
   * An address counts although GitHub does not say that it is verified: with `true` the public address of the account, of
   * which it says nothing; with `[absent, false]` also one of which it says the contrary. Default: false.
   */
  dangerouslyTrustUnverifiedEmail: trustUnverifiedEmailSchema,
});

/** The keys once checked: every default filled in, durations in milliseconds. @public */
export type GitHubSettings = z.infer<typeof githubConfigSchema>;

function problemOfInstanceUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (!url) return 'must be a URL';
  if (!isHttpsOrLoopback(url)) return 'must be an https URL (http is for loopback only)';
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'must have no query, no fragment and no user name';
  return undefined;
}
