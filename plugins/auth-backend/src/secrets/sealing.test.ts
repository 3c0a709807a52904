import { hkdfSync } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveKey } from './sealing.ts';

it('derives keys as HKDF-SHA-256 does (RFC 5869)', () => {
  const texts = fc.string({ unit: 'binary' });
  const secrets = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(
      secrets,
      texts,
      fc.oneof(texts, fc.uint8Array({ maxLength: 200 })),
      (secret, purpose, given) => {
        const salt = typeof given === 'string' ? given : Buffer.from(given);
        const expected = Buffer.from(hkdfSync('sha256', secret, salt, `vestibule:${purpose}`, 32));
        expect(deriveKey(secret, purpose, salt).equals(expected)).toBe(true);
      },
    ),
  );
});
