import { describe, expect, it } from '@jest/globals';
import { secretWeakness } from './secretWeakness.ts';

describe('a secret that was made at random', () => {
  it.each(['correct horse battery staple', 'Rhubarb-und-Spargel-im-Mai', 'the tortoise sings at noon'])(
    'is good as a phrase of words that belong to no example: %p',
    (secret) => expect(secretWeakness(secret, { minimumLength: 16 })).toBeUndefined(),
  );
});

describe.each([
  ['made by the operator', { minimumLength: 16 }],
  ['given out by a vendor', {}],
])('a secret %s is weak', (_, options) => {
  it.each([
    ...[
      'change-me',
      'changeme',
      'change_this',
      'ChangeMe!',
      'please-change-me-before-deploying',
      'changeme12345678',
    ],
    ...[
      '<your-secret>',
      '<GOOGLE_CLIENT_SECRET>',
      'your-secret-goes-here',
      'YOUR_CLIENT_SECRET',
      'your client secret',
    ],
    ...[
      'REPLACE_ME',
      'replace-with-something-of-your-own',
      'todo',
      'TODO: set this',
      'fixme',
      'tbd',
      'placeholder',
    ],
    ...[
      '${AUTH_SECRET}',
      '$AUTH_SECRET',
      '{{ .Values.secret }}',
      '%CLIENT_SECRET%',
      '__CLIENT_SECRET__',
      '[secret]',
    ],
    ...[
      'xxx',
      'xxxxxxxxxxxxxxxxxxxx',
      'XXXX-XXXX-XXXX-XXXX',
      '****************',
      '…',
      '................',
      '----',
    ],
    ...[
      'aaaaaaaaaaaaaaaa',
      'aaaaaaaaaaaaaaab',
      'AAAAAAAAaaaaaaaa',
      '0000000000000000',
      '00000000-0000-0000-0000-000000000000',
    ],
    ...[
      'secretsecretsecret',
      'SecretSecretSecret',
      's3cr3ts3cr3ts3cr3t',
      's3cret-s3cret',
      'abcabcabcabcabcabc',
      'k7Qxk7Qxk7Qxk7Qxk7',
    ],
    ...[
      'f00b4rf00b4rf00b4r',
      'k7Qx2Lp9k7Qx2Lp9',
      'ababababababababab',
      '1212121212121212',
      'aabbccddaabbccdd',
      '111122223333444',
    ],
    ...[
      '1234567890123456',
      '0123456789abcdef',
      '12345678-1234-1234-1234-123456789012',
      'abcdefghijklmnop',
      '9876543210987654',
    ],
    ...[
      'qwertyuiopasdfgh',
      'qwertyuiop123456',
      '1qaz2wsx3edc4rfv',
      '1q2w3e4r5t6y7u8i',
      'qazwsxedcrfvtgby',
      'poiuytrewqlkjhgf',
    ],
    ...['asdfghjklasdfghjkl', 'zxcvbnmasdfghjkl', 'azertyuiopqsdfgh', 'qwertzuiopasdfgh', 'a1b2c3d4e5f6g7h8'],
    ...[
      'password',
      'P@ssw0rd',
      'Passw0rd12345678',
      'password123456789',
      'admin',
      'adminadminadmin1',
      'letmein-letmein!',
      'secret',
    ],
    ...[
      'my-super-secret-key',
      'super_secret_session_secret',
      'backstage-session-secret',
      'this-is-not-a-secret',
      'keycloak-client-secret',
    ],
    ...[
      'dev-only-9fK2s8Qx7Lp3',
      'example-secret-value',
      'test-secret',
      'dummy',
      'insert-your-secret-here',
      'not-so-secret-session-key',
    ],
    // Encoded, they are no better.
    ...[
      'Y2hhbmdlbWU=',
      'ZXhhbXBsZS1hcHAtc2VjcmV0',
      'c2VjcmV0c2VjcmV0c2VjcmV0',
      'Zm9vYmFyYmF6',
      '6368616e67656d656368616e67656d65',
    ],
    // Of specifications.
    ...['7Fjfp0ZBr1KtDRbnfVdmIw', 'a-string-secret-at-least-256-bits-long', 'your-256-bit-secret'],
    ...['  changeme  ', 'change-me\n', ''],
  ])('%p', (secret) => {
    const weakness = secretWeakness(secret, options);
    expect(weakness).toMatch(/^(?:is a placeholder|can be guessed)/);
    // It is printed: not the secret.
    if (secret.trim().length > 8 && secret !== 'placeholder') expect(weakness).not.toContain(secret.trim());
  });
});

it('says which of the two it is, and how long one must be', () => {
  expect(secretWeakness('k7Qx2Lp9w', { minimumLength: 16 })).toBe(
    'is a placeholder or has fewer than 16 characters',
  );
  expect(secretWeakness('k7Qx2Lp9w')).toBeUndefined();
  expect(secretWeakness('change-me')).toBe('is a placeholder');
  expect(secretWeakness('aaaaaaaaaaaaaaaa', { minimumLength: 16 })).toMatch(/^can be guessed: /);
});
