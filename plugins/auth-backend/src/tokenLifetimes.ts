/** How long our tokens live: `auth.backstageTokenExpiration`, within Backstage's bounds. */

const defaultMilliseconds = 3_600_000;
const shortestMilliseconds = 600_000;

/** No token lives longer, so a key is published this long after its last use. */
export const longestTokenMilliseconds = 86_400_000;

/** The lifetime of a token whose issuer is told none. */
export function tokenLifetimeSeconds(configuredMilliseconds: number = defaultMilliseconds): number {
  return Math.min(longestTokenMilliseconds, Math.max(shortestMilliseconds, configuredMilliseconds)) / 1000;
}
