import { expect, it } from '@jest/globals';
import { createMarkedTokens } from './sealing.ts';
import { deriveKey } from './sealing.ts';

const tokens = createMarkedTokens(() => [deriveKey('a secret of the tests', 'tickets')]);
const others = createMarkedTokens(() => [deriveKey('a secret of the tests', 'other tokens')]);

it('recognises a token that was made for the same owner, and never makes one twice', () => {
  const [free, bound] = [tokens.create(), tokens.create('jane')];
  expect([tokens.isOurs(free), tokens.isOurs(bound, 'jane')]).toEqual([true, true]);
  expect(new Set(Array.from({ length: 100 }, () => tokens.create())).size).toBe(100);
});

it('takes none of another owner, of another kind, or changed in any character', () => {
  const token = tokens.create('jane');
  expect([tokens.isOurs(token), tokens.isOurs(token, 'omar'), others.isOurs(token, 'jane')]).toEqual([
    false,
    false,
    false,
  ]);
  for (let at = 0; at < token.length; at += 1) {
    const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    expect(tokens.isOurs(changed, 'jane')).toBe(false);
  }
});

it.each(['', 'x', 'A'.repeat(63), 'A'.repeat(64), 'A'.repeat(65), '😀'.repeat(16), '\u0000'.repeat(64)])(
  'takes no %j',
  (made) => {
    expect(tokens.isOurs(made)).toBe(false);
  },
);

it('takes a token in its own spelling only', () => {
  const token = tokens.create();
  for (const spelled of [`${token}=`, ` ${token}`, `${token}\n`, `${token}A`]) {
    expect(tokens.isOurs(spelled)).toBe(false);
  }
  // What decodes to the same bytes in the other alphabet.
  const spoken = Buffer.from(token, 'base64url').toString('base64');
  expect(tokens.isOurs(spoken)).toBe(spoken === token);
});
