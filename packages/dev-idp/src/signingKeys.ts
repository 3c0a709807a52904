/** Fresh signing keys. They live as long as the process. */
import { generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';

const generate = promisify(generateKeyPair);

/** What a client may have its ID tokens signed with. */
export type SigningAlgorithm = 'RS256' | 'ES256';

/** One key for each algorithm: RSA, which takes a while to find, or P-256. */
export async function createSigningKeys(algorithms: ReadonlySet<SigningAlgorithm>): Promise<JWK[]> {
  return Promise.all([...algorithms].map(async (alg) => privateJwk(await generateFor(alg), alg)));
}

async function generateFor(alg: SigningAlgorithm): Promise<KeyObject> {
  const { privateKey } =
    alg === 'RS256'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: 'P-256' });
  return privateKey;
}

function privateJwk(key: KeyObject, alg: string): JWK {
  return { ...(key.export({ format: 'jwk' }) as JWK), kid: randomUUID(), alg, use: 'sig' };
}
