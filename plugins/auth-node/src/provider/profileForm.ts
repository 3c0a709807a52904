/** The form of the members of a profile: what a page can show and a log can hold, whoever made it. */
import { parseUrl } from '@vestibule/backend-plugin-api';

/** The longest display name, in UTF-16 units. @public */
export const longestDisplayName = 256;

/** The longest URL of a picture, in characters. @public */
export const longestPictureUrl = 2048;

/** Whether a value is a text of at most 256 characters without control characters, and not empty. @public */
export function isDisplayName(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= longestDisplayName && !/\p{Cc}/u.test(value)
  );
}

/** Whether a value is an http or https URL of at most 2048 characters. @public */
export function isPictureUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > longestPictureUrl) return false;
  // The parser would drop line breaks and tabs; what it reads is not what a page would show.
  if (/[\p{Cc}\s]/u.test(value)) return false;
  return ['http:', 'https:'].includes(parseUrl(value)?.protocol ?? '');
}
