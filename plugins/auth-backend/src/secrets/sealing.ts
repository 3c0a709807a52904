/**
 * Authenticated encryption for what leaves the process: AES-256-GCM with a fresh 96-bit nonce (NIST SP 800-38D). The
 * context names what is sealed, so that a thing of one kind never opens as another (RFC 9700 section 4.2.4).
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { randomBuffer, type MarkedTokens } from '@vestibule/plugin-auth-node';

const nonceBytes = 12;
const tagBytes = 16;

/** A key for {@link seal}; 32 bytes. */
export type SealingKey = Buffer;

/**
 * Derives a key for one purpose (HKDF-SHA-256, RFC 5869). Its two steps by themselves, for a key of one block, take half the
 * time of `hkdfSync`; each refresh derives some.
 */
export function deriveKey(secret: string | Buffer, purpose: string, salt: string | Buffer = ''): SealingKey {
  return expandKey(extractKey(secret, salt), purpose);
}

/** The first step: what all keys of one secret and salt are made of. */
export function extractKey(secret: string | Buffer, salt: string | Buffer): Buffer {
  return createHmac('sha256', salt).update(secret).digest();
}

/** The second step. */
export function expandKey(extracted: Buffer, purpose: string): SealingKey {
  return createHmac('sha256', extracted).update(`vestibule:${purpose}\x01`).digest();
}

/** Seals text; the answer is base64url. */
export function seal(key: SealingKey, context: string, text: string): string {
  const nonce = randomBuffer(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/**
 * Opens what {@link seal} made with the same key and context, to the letter; anything else is `undefined`. Base64url can be
 * read from several spellings: whoever remembers what was spent must meet one only.
 */
export function open(key: SealingKey, context: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== sealed) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    const body = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes));
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

const randomLength = 32;
const markLength = 16;
/** base64url. 48 bytes leave no bits over, so each token is written in one way only. */
const form = /^[\w-]{64}$/;

/**
 * Opaque tokens that show by themselves that we made them: 32 random bytes, and 16 bytes of an HMAC over them (RFC 2104).
 * So one that no table holds any more is still told from what anybody makes up.
 *
 * @param keys - Asked for when they are needed: of one kind of tokens. The first makes them, all recognise them.
 */
export function createMarkedTokens(keys: () => readonly SealingKey[]): MarkedTokens {
  const markOf = (key: SealingKey, random: Buffer, owner: string) =>
    createHmac('sha256', key).update(owner).update(random).digest().subarray(0, markLength);

  return {
    create(owner = '') {
      const [key] = keys();
      if (!key) throw new Error('there is no key to mark a token with');
      const random = randomBuffer(randomLength);
      return Buffer.concat([random, markOf(key, random, owner)]).toString('base64url');
    },
    isOurs(token, owner = '') {
      if (!form.test(token)) return false;
      const bytes = Buffer.from(token, 'base64url');
      const [random, mark] = [bytes.subarray(0, randomLength), bytes.subarray(randomLength)];
      return keys().some((key) => timingSafeEqual(mark, markOf(key, random, owner)));
    },
  };
}
