/** A set of keys that never changes while the process lives. */
import type { KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@vestibule/plugin-auth-node';
import { activeKey } from './algorithms.ts';
import type { OpenSigningKeys } from './lateKeys.ts';

/** A key pair and how it is used. */
export interface FixedKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The first key signs, all are published and verify. */
export function createFixedKeys(keys: readonly [FixedKey, ...FixedKey[]]): OpenSigningKeys {
  const active = activeKey(keys[0]);
  const published = Buffer.from(
    JSON.stringify({
      keys: keys.map((key) => ({
        ...key.publicKey.export({ format: 'jwk' }),
        kid: key.kid,
        alg: key.algorithm,
        use: 'sig',
      })),
    }),
  );
  return {
    active: () => active,
    find: async (wanted) => Promise.resolve(keys.find((key) => key.kid === wanted)),
    publicKeySet: () => published,
    stop: () => undefined,
  };
}
