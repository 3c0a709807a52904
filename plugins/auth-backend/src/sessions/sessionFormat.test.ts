/** What is sealed of a session: what the release before wrote is read, and what is written that release reads. */
import { describe, expect, it } from '@jest/globals';
import { identityText, readSession, tokensText } from './sessionFormat.ts';

const tokens = { accessToken: 'access', tokenType: 'bearer', scopes: ['openid'], checkedAt: 1 };
const proven = { profile: { email: 'jane@example.com' }, result: {} };
const person = { subject: 'jane', issuer: 'https://acme.example', ...proven };
const hostedCookies = { 'acme-refresh-token': 'theirs' };

describe('a session of a provider of ours', () => {
  const columns = [
    { ...tokens, refreshToken: 'refresh' },
    { ...person, nonce: 'n' },
  ] as const;
  const session = {
    tokens: { ...tokens, refreshToken: 'refresh' },
    vendor: { version: 1, kind: 'oauth', nonce: 'n' },
    identity: person,
  } as const;

  it('is read and written as by the release before', () => {
    expect(readSession(JSON.stringify(columns[0]), JSON.stringify(columns[1]))).toEqual(session);
    expect(JSON.parse(tokensText(session.tokens, session.vendor))).toEqual(columns[0]);
    expect(JSON.parse(identityText(session.identity, session.vendor))).toEqual(columns[1]);
  });

  it('without a nonce, as an earlier release still left it, has none', () => {
    const { vendor } = readSession(JSON.stringify(tokens), JSON.stringify(person));
    expect(vendor).toEqual({ version: 1, kind: 'oauth' });
  });
});

describe('a session of a Backstage module', () => {
  it('has no empty text for what the module does not tell', () => {
    const read = readSession(
      JSON.stringify({ ...tokens, accessToken: '', hostedCookies }),
      JSON.stringify({ ...proven, subject: '', issuer: '' }),
    );
    const { accessToken: _, ...rest } = tokens;
    expect(read).toEqual({
      tokens: rest,
      vendor: { version: 1, kind: 'backstage', cookies: hostedCookies },
      identity: proven,
    });
  });

  it('is written with its cookies among the tokens, where the release before looks', () => {
    const vendor = { version: 1, kind: 'backstage', cookies: hostedCookies } as const;
    expect(JSON.parse(tokensText(tokens, vendor))).toEqual({ ...tokens, hostedCookies });
    expect(JSON.parse(identityText(proven, vendor))).toEqual(proven);
  });
});
