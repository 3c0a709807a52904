import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { secretWeakness } from './secretWeakness.ts';

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const letters = lower + lower.toUpperCase();
const alphanumeric = digits + letters;
const base64url = `${alphanumeric}-_`;
const hex = `${digits}abcdef`;

/** Characters of an alphabet, the same in every run. */
function randomText(seed: string, alphabet: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha512').update(`${seed}:${block}`).digest()) {
      // No alphabet is favoured by the remainder.
      if (byte < 256 - (256 % alphabet.length)) text += alphabet[byte % alphabet.length];
    }
  }
  return text.slice(0, length);
}

const uuid = (seed: string) =>
  randomText(seed, hex, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** As vendors give them out. */
const vendors: [vendor: string, make: (seed: string) => string][] = [
  ['Google', (seed) => `GOCSPX-${randomText(seed, base64url, 28)}`],
  ['Google, of before 2021', (seed) => randomText(seed, base64url, 24)],
  ['GitHub', (seed) => randomText(seed, hex, 40)],
  ['GitLab', (seed) => `gloas-${randomText(seed, hex, 64)}`],
  ['Keycloak', (seed) => randomText(seed, alphanumeric, 32)],
  ['Keycloak of before version 16', uuid],
  ['AD FS', (seed) => randomText(seed, base64url, 40)],
  ['Entra', (seed) => `${randomText(seed, alphanumeric, 3)}8Q~${randomText(seed, `${base64url}.~`, 34)}`],
  ['Azure AD, of before 2021', (seed) => randomText(seed, `${alphanumeric}!#$%&()*+,-./:;<=>?@[]^_{|}~`, 32)],
  ['Okta', (seed) => randomText(seed, base64url, 64)],
  ['Auth0', (seed) => randomText(seed, base64url, 64)],
  ['Cognito', (seed) => randomText(seed, digits + lower, 52)],
  ['Atlassian', (seed) => `ATOA${randomText(seed, base64url, 60)}`],
  ['Slack', (seed) => randomText(seed, hex, 32)],
  ['LinkedIn', (seed) => randomText(seed, alphanumeric, 16)],
  ['Salesforce', (seed) => randomText(seed, digits, 19)],
  ['the command in our guide', (seed) => randomText(seed, base64url, 43)],
  ['openssl rand -hex 8', (seed) => randomText(seed, hex, 16)],
  ['openssl rand -base64 24', (seed) => Buffer.from(randomText(seed, hex, 48), 'hex').toString('base64')],
];

describe('a secret that was made at random', () => {
  it.each(vendors)('is good: of %s', (vendor, make) => {
    const refused = Array.from({ length: 500 }, (_, index) => make(`${vendor} ${index}`)).filter(
      (secret) => secretWeakness(secret, { minimumLength: 16 }) !== undefined,
    );
    expect(refused).toEqual([]);
  });

  it('is good in ten characters, where nobody asks for more', () => {
    const all = Array.from({ length: 500 }, (_, index) => randomText(`short ${index}`, alphanumeric, 10));
    expect(all.filter((secret) => secretWeakness(secret) !== undefined)).toEqual([]);
  });
});

it('takes its time with no text, however long', () => {
  expect(secretWeakness('ab'.repeat(50_000))).toMatch(/guessed/);
  expect(secretWeakness(`${'a'.repeat(50_000)}b`)).toMatch(/guessed/);
});
