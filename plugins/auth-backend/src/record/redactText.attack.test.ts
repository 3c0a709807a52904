/** What others put into messages: addresses, tokens and secrets do not get through, and nothing steers a terminal. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainText } from '@vestibule/plugin-auth-node';
import { createRedactText, SecretForms } from './redactText.ts';

const redact = createRedactText(['a-client-secret-for-tests']);

describe('a text in a decision', () => {
  it.each([
    ['an address', 'this email kim@example.com does not belong', 'this email k…@example.com does not belong'],
    ['an address in any letters', 'KIM.Lee+x@EXAMPLE.com', 'K…@EXAMPLE.com'],
    [
      'an address beside punctuation',
      '<kim@example.com>, "sam@example.com"',
      '<k…@example.com>, "s…@example.com"',
    ],
    [
      'an address in a URL',
      'GET https://c/x?email=kim%40example.com failed',
      'GET https:k…@example.com failed',
    ],
    ['an address in a URL in a URL', '/cb?to=%2Fx%3Femail%3Dkim%2540example.com', 'k…@example.com'],
    ['an address behind the scope of a package', 'https://c/@acme/kim@example.com', 'https:…@example.com'],
    ['an address as a query', 'spec.profile.email=kim@example.com', 'k…@example.com'],
    ['an address with a quoted part', '"kim lee"@example.com', '…@example.com'],
    ['an address in another script', 'ким@пример.рф', 'к…@пример.рф'],
    [
      'an address in a reference',
      "'user:default/kim@example.com' is no user",
      "'user:k…@example.com' is no user",
    ],
    ['a shortened address', 'k…@example.com', 'k…@example.com'],
  ])('keeps of %s only what tells whom to ask', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    ['a secret of the config', 'wrong: a-client-secret-for-tests', 'a-client-secret-for-tests'],
    ['a value of the attempt', 'token acme-access-token is bad', 'acme-access-token'],
    ['the same, percent-encoded', 'token acme%2Faccess%20token is bad', 'acme%2Faccess'],
    ['what is named like a credential', '/cb?code=short&x=1', 'short'],
    ['the same in JSON', '{"access_token": "short"}', 'short'],
    ['a Bearer credential', 'Authorization: Bearer short', 'short'],
    ['a JWT', `got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2lnbmF0dXJl`, 'eyJzdWIiOiJraW0ifQ'],
  ])('does not hold %s', (_, text, secret) => {
    const result = redact(text, new SecretForms(['acme-access-token', 'acme/access token']));
    expect(result).not.toContain(secret);
    expect(result).toContain('…');
  });

  it('is looked at by every net that could catch something in it', () => {
    const pieces = fc.constantFrom(
      ...['a', 'Kim', '7', ' ', '"', "'", '=', ':', '/', '-', '_', '.', '…', '@', '%40', 'acme.example'],
      ...[
        'token',
        'Code',
        'API_KEY',
        'apikey',
        'bearer ',
        'Authorization',
        'passwd',
        'aB3dE5fG7',
        '0'.repeat(9),
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (given) => {
        const text = given.join('');
        // Behind a percent sign, every net is cast.
        expect(`% ${redact(text)}`).toBe(redact(`% ${text}`));
      }),
      { numRuns: 3000 },
    );
  });

  it('does not hold what is random, whoever made it', () => {
    for (let round = 0; round < 2000; round += 1) {
      for (const encoding of ['base64url', 'hex'] as const) {
        const token = createHash('sha256').update(String(round)).digest(encoding).slice(0, 32);
        expect(redact(`the value ${token} was refused`)).not.toContain(token);
      }
    }
  });

  it.each([
    'emailMatchingUserEntityProfileEmail',
    'ERR_CATALOG_ANSWER_INVALID',
    'code: ERR_RESOLVER_NO_MATCH',
    'connect ECONNREFUSED 127.0.0.1:40123',
    "Resolver 'acmeEmployeeResolver' did not answer in time.",
    'Cannot find @vestibule/plugin-auth-node in node_modules/@vestibule/plugin-auth-node',
    'group-of-all-platform-engineering-teams-2026',
    'node_modules/.pnpm/@vestibule/plugin-auth-node@1.0.0/index.js',
    'spec.profile.email + kind or kind + metadata.annotations.accounts.google.com/sub',
    'groups of level 2',
  ])('keeps what an operator needs: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('has one line without control characters, so that it can neither forge a line nor steer a terminal', () => {
    const text = redact('a\n├─ forged\r\u001b[2J\u009b31m\u202eb\u061cb\u2028c');
    expect(text).toBe('a ├─ forged \\u001b[2J\\u009b31m\\u202eb\\u061cb c');
    expect(plainText(text)).toBe(text);
  });

  it('is short, and made in no time, however long the given text is', () => {
    const begun = process.cpuUsage(); // not the clock: the machine may be busy
    for (const part of ['a', 'a@', '"', '%40', 'token=', ' ', 'aA1-']) {
      expect(redact(part.repeat(1_000_000)).length).toBeLessThan(700);
    }
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
  });

  it('shows no half of an address where it is cut off', () => {
    for (let length = 3970; length < 4000; length += 1) {
      const text = redact(`${'x '.repeat(length / 2)}kim.lee@example.com`);
      expect(text).not.toContain('lee');
    }
  });
});

describe('a text about a config', () => {
  const config = {
    auth: {
      providers: {
        staffportal: {
          production: {
            metadataUrl: 'https://login.acme.example/2f0c8d3a-77b1-4c1e-9d55-0a1b2c3d4e5f/v2.0',
            clientSecret: 'staffportal',
          },
        },
      },
    },
  };
  const about = createRedactText(['staffportal', 'swordfish'], config);

  it('keeps keys, ids and the addresses that the operator wrote, though they look like secrets', () => {
    const text =
      'auth.providers.staffportal.production: https://login.acme.example/2f0c8d3a-77b1-4c1e-9d55-0a1b2c3d4e5f/v2.0 answers 404';
    expect(about(text)).toBe(text);
  });

  it('holds no secret all the same, nor a mark that somebody forged', () => {
    expect(about('the word swordfish')).toBe('the word …');
    expect(about('\ue0000\ue001 and \ue0007\ue001')).toBe('0 and 7');
  });
});
