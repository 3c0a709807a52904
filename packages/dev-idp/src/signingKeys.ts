/** Fresh signing keys. They live as long as the process. */
import { generateKeyPair, randomUUID, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'oidc-provider';

const generate = promisify(generateKeyPair);

/** One RSA key for RS256 and one P-256 key for ES256. */
export async function createSigningKeys(): Promise<JWK[]> {
  const [rsa, ec] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
  ]);
  return [privateJwk(rsa.privateKey, 'RS256'), privateJwk(ec.privateKey, 'ES256')];
}

function privateJwk(key: KeyObject, alg: string): JWK {
  return { ...(key.export({ format: 'jwk' }) as JWK), kid: randomUUID(), alg, use: 'sig' };
}
