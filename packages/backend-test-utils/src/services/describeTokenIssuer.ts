/** What every implementation of TokenIssuerService must do, as a suite of tests that knows no test runner. */
import assert from 'node:assert/strict';
import { systemClock } from '@vestibule/backend-plugin-api';
import type { TokenIssuerService } from '@vestibule/plugin-auth-node';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import type { TestRunner } from '../describeCatalogService.ts';

/** The issuer to be tested. @public */
export interface TokenIssuerUnderTest {
  tokens: TokenIssuerService;
  /** The key set by which others verify its tokens. */
  keySet(): JSONWebKeySet;
  /** What stands in `iss`. */
  issuer: string;
  /** Runs after each test. */
  close?(): Promise<void>;
}

/**
 * Describes a TokenIssuerService. Its clock must be the system's.
 *
 * @param name - The implementation, for the title.
 * @param make - Makes an issuer, with keys of its own. Called once for each test.
 * @public
 */
export function describeTokenIssuer(
  name: string,
  make: () => Promise<TokenIssuerUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, body: (given: TokenIssuerUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const given = await make();
      try {
        await body(given);
      } finally {
        await given.close?.();
      }
    });
  };
  const jane = { sub: 'user:default/jane', ent: ['user:default/jane'], additional: {} };

  describe(`${name}, as a TokenIssuerService`, () => {
    test('issues what a back end of Backstage verifies by the key set alone', async ({
      tokens,
      keySet,
      issuer,
    }) => {
      const { token, expiresAtEpochSeconds } = await tokens.issue({ ...jane, additional: { team: 'a' } });
      const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keySet()), {
        typ: 'vnd.backstage.user',
        audience: 'backstage',
        issuer,
        requiredClaims: ['iat', 'exp', 'uip'],
      });
      assert.ok(protectedHeader.kid);
      assert.deepEqual(
        [payload.sub, payload.aud, payload.exp, payload['team']],
        [jane.sub, 'backstage', expiresAtEpochSeconds, 'a'],
      );
    });

    test('verifies its own tokens, and knows the limited ones that are made of them', async ({ tokens }) => {
      const { token } = await tokens.issue(jane);
      assert.deepEqual(await tokens.verify(token), { sub: jane.sub, isLimited: false });
      assert.deepEqual(await tokens.verify(limitedOf(token)), { sub: jane.sub, isLimited: true });
    });

    test('lives as long as it is told', async ({ tokens }) => {
      const { token, expiresAtEpochSeconds } = await tokens.issue(jane, { lifetimeSeconds: 60 });
      const { iat = 0, exp } = decodeJwt(token);
      assert.deepEqual([exp, exp], [iat + 60, expiresAtEpochSeconds]);
      assert.ok(Math.abs(iat - systemClock.now() / 1000) < 10);
    });

    test('says which client holds a token', async ({ tokens, keySet }) => {
      const { token } = await tokens.issue({ ...jane, client: { id: 'acme-notes', nonce: 'n' } });
      const { payload } = await jwtVerify(token, createLocalJWKSet(keySet()), { audience: 'acme-notes' });
      assert.deepEqual(
        [payload.aud, payload['azp'], payload['nonce']],
        [['backstage', 'acme-notes'], 'acme-notes', 'n'],
      );
      assert.deepEqual(await tokens.verify(token), {
        sub: jane.sub,
        isLimited: false,
        clientId: 'acme-notes',
      });
    });

    test('lets no further claim take the place of its own', async ({ tokens, keySet, issuer }) => {
      const additional = { sub: 'user:default/omar', iss: 'x', aud: 'x', exp: 9e9, iat: 0, uip: 'x' };
      const { token } = await tokens.issue({ ...jane, additional });
      const { payload } = await jwtVerify(token, createLocalJWKSet(keySet()), {
        issuer,
        audience: 'backstage',
      });
      assert.equal(payload.sub, jane.sub);
      assert.ok((payload.exp ?? 0) < 9e9);
      assert.deepEqual(await tokens.verify(token), { sub: jane.sub, isLimited: false });
    });

    test('refuses what is not its own, without an error', async (given) => {
      const { tokens } = given;
      const { token } = await tokens.issue(jane);
      const [header = '', claims = '', signature = ''] = token.split('.');
      const changed = encode({ ...decodeJwt(token), sub: 'user:default/omar' });
      const unsigned = encode({ ...decodeProtectedHeader(token), alg: 'none' });
      const foreign = await make();
      try {
        for (const other of [
          '',
          'text',
          `${header}.${changed}.${signature}`,
          `${unsigned}.${claims}.`,
          `${header}.${claims}.`,
          (await foreign.tokens.issue(jane)).token,
        ]) {
          assert.equal(await tokens.verify(other), undefined, other);
        }
      } finally {
        await foreign.close?.();
      }
    });

    test('refuses claims that make no token others would take', async ({ tokens }) => {
      const additional = {
        groups: Array.from({ length: 4000 }, (_, index) => `group:default/team-${index}`),
      };
      await assert.rejects(async () => tokens.issue({ ...jane, additional }), {
        code: 'ERR_TOKEN_TOO_LARGE',
      });
    });
  });
}

/** The limited token that whoever holds a full one can make of it. */
function limitedOf(token: string): string {
  const { alg, kid } = decodeProtectedHeader(token);
  const { sub, iat, exp, uip } = decodeJwt(token);
  return `${encode({ typ: 'vnd.backstage.limited-user', alg, kid })}.${encode({ sub, iat, exp })}.${String(uip)}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
