/** Random values that mean nothing to whoever holds them, and what a database keeps of them. */
import { hash, randomFillSync } from 'node:crypto';

const drawBytes = 4096;

/**
 * Random bytes, each given out once. At most 4096 at a time.
 *
 * @public
 */
export const randomBuffer: (length: number) => Buffer = createDraws();

/** To ask the system for a few bytes takes longer than all that a sign-in makes of them, so many are drawn at once. */
function createDraws(): (length: number) => Buffer {
  let left = Buffer.alloc(0);
  return (length) => {
    if (!Number.isInteger(length) || length < 0 || length > drawBytes)
      throw new RangeError(`between 0 and ${drawBytes} random bytes can be had at once`);
    // A new draw, and none filled again: what was given out is nobody's but the holder's.
    if (left.length < length) left = randomFillSync(Buffer.alloc(drawBytes));
    // A copy: behind a part of the draw stands all of it.
    const bytes = Buffer.from(left.subarray(0, length));
    left = left.subarray(length);
    return bytes;
  };
}

/** An opaque random value of 256 bits, base64url. @public */
export function randomToken(): string {
  return randomBuffer(32).toString('base64url');
}

/** SHA-256 in base64url, for values that are stored but must not be readable. @public */
export function fingerprint(value: string): string {
  return hash('sha256', value, 'base64url');
}
