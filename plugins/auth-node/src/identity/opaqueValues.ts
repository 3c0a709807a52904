/** Random values that mean nothing to whoever holds them, and what a database keeps of them. */
import { hash, randomFillSync } from 'node:crypto';

const poolBytes = 4096;
/** What is left of the last draw. To ask the system for a few bytes takes longer than all that a sign-in makes of them. */
let pool = Buffer.alloc(0);

/**
 * Random bytes, each given out once.
 *
 * @public
 */
export function randomBuffer(length: number): Buffer {
  if (length > poolBytes) throw new RangeError(`at most ${poolBytes} random bytes are drawn at once`);
  // Filled anew, never refilled: what was given out is nobody's but the holder's.
  if (pool.length < length) pool = randomFillSync(Buffer.alloc(poolBytes));
  const bytes = pool.subarray(0, length);
  pool = pool.subarray(length);
  return bytes;
}

/** An opaque random value of 256 bits, base64url. @public */
export function randomToken(): string {
  return randomBuffer(32).toString('base64url');
}

/** SHA-256 in base64url, for values that are stored but must not be readable. @public */
export function fingerprint(value: string): string {
  return hash('sha256', value, 'base64url');
}
