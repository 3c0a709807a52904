/**
 * Opaque tokens that show by themselves that we made them: 32 random bytes, and 16 bytes of an HMAC over them (RFC 2104).
 * So one that no table holds any more is still told from what anybody makes up.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MarkedTokens } from '@vestibule/plugin-auth-node';
import type { SealingKey } from './sealing.ts';

const randomLength = 32;
const markLength = 16;
/** base64url. 48 bytes leave no bits over, so each token is written in one way only. */
const form = /^[\w-]{64}$/;

/** @param key - Asked for when it is needed: of one kind of tokens. */
export function createMarkedTokens(key: () => SealingKey): MarkedTokens {
  const markOf = (random: Buffer, owner: string) =>
    createHmac('sha256', key()).update(owner).update(random).digest().subarray(0, markLength);

  return {
    create(owner = '') {
      const random = randomBytes(randomLength);
      return Buffer.concat([random, markOf(random, owner)]).toString('base64url');
    },
    isOurs(token, owner = '') {
      if (!form.test(token)) return false;
      const bytes = Buffer.from(token, 'base64url');
      return timingSafeEqual(bytes.subarray(randomLength), markOf(bytes.subarray(0, randomLength), owner));
    },
  };
}
