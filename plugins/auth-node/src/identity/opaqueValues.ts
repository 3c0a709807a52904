/** Random values that mean nothing to whoever holds them, and what a database keeps of them. */
import { createHash, randomBytes } from 'node:crypto';

/** An opaque random value of 256 bits, base64url. @public */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in base64url, for values that are stored but must not be readable. @public */
export function fingerprint(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
