/** How long a session lasts at most: `sessionDuration`, within what browsers keep. */

// Browsers keep no cookie for longer (RFC 6265bis section 5.5).
const longestMilliseconds = 400 * 86_400_000;

/** @param sessionDuration - As in config, in milliseconds; without it, the longest. */
export function sessionLength(sessionDuration: number | undefined): number {
  return Math.min(sessionDuration ?? longestMilliseconds, longestMilliseconds);
}
