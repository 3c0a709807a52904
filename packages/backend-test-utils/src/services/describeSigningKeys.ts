/** What every implementation of SigningKeysService must do, as a suite of tests that knows no test runner. */
import assert from 'node:assert/strict';
import { signingAlgorithms, type SigningKeysService } from '@vestibule/plugin-auth-node';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { TestRunner } from '../describeCatalogService.ts';

/** Keys to be tested. @public */
export interface SigningKeysUnderTest {
  /** One for each of two replicas, not ready yet. Where keys are not shared, as those in memory: the same twice. */
  keys: readonly [SigningKeysService, SigningKeysService];
  /** Runs after each test. */
  close?(): Promise<void>;
}

/**
 * Describes a SigningKeysService.
 *
 * @param name - The implementation, for the title.
 * @param make - Makes the keys. Called once for each test.
 * @public
 */
export function describeSigningKeys(
  name: string,
  make: () => Promise<SigningKeysUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (
    title: string,
    body: (one: SigningKeysService, other: SigningKeysService) => Promise<void>,
  ): void => {
    it(title, async () => {
      const { keys, close } = await make();
      try {
        await Promise.all(keys.map(async (one) => one.ready()));
        await body(...keys);
      } finally {
        await close?.();
      }
    });
  };
  const signedWith = async ({ kid, algorithm: alg, sign }: ReturnType<SigningKeysService['active']>) => {
    const [header, payload] = [JSON.stringify({ alg, kid }), 'signed'].map((part) =>
      Buffer.from(part).toString('base64url'),
    );
    const input = `${header}.${payload}`;
    return `${input}.${Buffer.from(await sign(Buffer.from(input))).toString('base64url')}`;
  };

  describe(`${name}, as a SigningKeysService`, () => {
    test('publishes the key that it signs with, before it signs', async (one, other) => {
      for (const [signer, verifier] of [
        [one, other],
        [other, one],
      ] as const) {
        const keySet = createLocalJWKSet(keySetOf(verifier));
        const { payload } = await compactVerify(await signedWith(signer.active()), keySet);
        assert.equal(Buffer.from(payload).toString(), 'signed');
      }
    });

    test('finds the public half of a key by its kid, and nothing under another', async (one, other) => {
      const active = one.active();
      const found = await other.find(active.kid);
      assert.ok(found, 'another replica does not know the key that one signs with');
      assert.equal(found.algorithm, active.algorithm);
      assert.equal(found.publicKey.type, 'public');
      await compactVerify(await signedWith(active), found.publicKey, { algorithms: [found.algorithm] });
      for (const kid of ['', 'nobody', `${active.kid} `, '__proto__'])
        assert.equal(await one.find(kid), undefined);
    });

    test('publishes nothing but public halves, each with its kid and algorithm', async (one) => {
      const { keys } = keySetOf(one);
      assert.ok(keys.length > 0);
      for (const key of keys) {
        assert.ok(key.kid, JSON.stringify(key));
        assert.ok((signingAlgorithms as readonly unknown[]).includes(key.alg), JSON.stringify(key.alg));
        for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
          assert.ok(!(member in key), member);
      }
      assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    });

    test('stays as it is where it is asked again to be ready', async (one) => {
      const { kid } = one.active();
      await Promise.all([one.ready(), one.ready()]);
      assert.equal(one.active().kid, kid);
    });
  });
}

function keySetOf(keys: SigningKeysService): JSONWebKeySet {
  return JSON.parse(keys.publicKeySet().toString()) as JSONWebKeySet;
}
