/** Tokens with which somebody would like to be told what another user owns. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startRelayPortal } from '../testing/relay.ts';

let portal: Awaited<ReturnType<typeof startRelayPortal>>;
beforeAll(async () => {
  portal = await startRelayPortal();
});
afterAll(async () => portal.stop());

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The good token with another user inside, under the old signature. */
function withUser(token: string, sub: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const [oboHeader, , oboSignature] = String(claims['obo']).split('.');
  const obo = `${oboHeader}.${encode({ sub, iat: claims['iat'], exp: claims['exp'] })}.${oboSignature}`;
  return `${header}.${encode({ ...claims, obo })}.${signature}`;
}

it.each([
  ['made for another plugin', async () => portal.tokenOf('jane', 'relay')],
  ['signed by nobody', async () => (await portal.tokenOf('jane', 'auth')).replace(/[^.]+$/, '')],
  [
    'with another user inside',
    async () => withUser(await portal.tokenOf('jane', 'auth'), 'user:default/omar'),
  ],
])('userinfo refuses a token of a plugin %s', async (_, token) => {
  expect(await portal.userinfo(await token())).toMatchObject({
    status: 401,
    body: { error: { name: 'AuthenticationError', code: 'ERR_TOKEN_INVALID' } },
  });
});
