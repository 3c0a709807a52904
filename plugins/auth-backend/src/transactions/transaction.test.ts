/** What is sealed of a transaction: what the release before wrote is read, and what is written that release reads. */
import { expect, it } from '@jest/globals';
import { readTransaction, transactionText, type AuthTransaction } from './transaction.ts';

const common = {
  providerId: 'acme',
  environment: 'development',
  origin: 'http://localhost:3000',
  flow: 'redirect',
  redirectUrl: 'http://localhost:3000/home',
  scopes: ['openid'],
  startedAt: 1,
} as const;
const cookies = { 'acme-nonce': 'theirs' };

it.each<[string, object, AuthTransaction['privateState']]>([
  [
    'a provider of ours',
    { nonce: 'n', codeVerifier: 'v' },
    { version: 1, kind: 'oauth', nonce: 'n', codeVerifier: 'v' },
  ],
  [
    'a Backstage module',
    { nonce: '', codeVerifier: '', hosted: { state: 'theirs', cookies, session: { a: 1 } } },
    { version: 1, kind: 'backstage', state: 'theirs', cookies, session: { a: 1 } },
  ],
  [
    'a Backstage module that sent no state',
    { nonce: '', codeVerifier: '', hosted: { state: '', cookies, session: {} } },
    { version: 1, kind: 'backstage', cookies, session: {} },
  ],
])('reads what the release before wrote for %s', (_, theirs, privateState) => {
  const text = JSON.stringify({ ...common, handle: 'h', ...theirs });
  expect(readTransaction(text)).toEqual({ ...common, state: 'h', privateState });
});

it('writes what the release before reads', () => {
  const written = (privateState: AuthTransaction['privateState']): unknown =>
    JSON.parse(transactionText({ ...common, state: 'h', privateState }));
  expect(written({ version: 1, kind: 'oauth', nonce: 'n', codeVerifier: 'v' })).toEqual({
    ...common,
    handle: 'h',
    nonce: 'n',
    codeVerifier: 'v',
  });
  // For an empty nonce and verifier it looks nowhere, so they may be absent.
  expect(written({ version: 1, kind: 'backstage', state: 'theirs', cookies, session: {} })).toEqual({
    ...common,
    handle: 'h',
    hosted: { state: 'theirs', cookies, session: {} },
  });
});

it('opens no transaction of a provider of ours without nonce or verifier', () => {
  const text = (members: object) => JSON.stringify({ ...common, handle: 'h', ...members });
  expect(() => readTransaction(text({ nonce: '', codeVerifier: 'v' }))).toThrow(TypeError);
  expect(() => readTransaction(text({ nonce: 'n' }))).toThrow(TypeError);
});
