/** Somebody else's issuer: a server on loopback that publishes a key set, and tokens to go with it. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { createTestSigner, type TestSigner } from './authPlugin.ts';

export interface TestIssuer {
  /** Of the key set. */
  url: string;
  signer: TestSigner;
  /** What is published; a test may change it. */
  keys: JsonObject[];
  /** How often the key set was asked for. */
  asked: number;
  /** Answers in place of the key set. */
  answer?: (response: ServerResponse) => void;
  /** A good token with parts replaced. */
  token(claims?: object, header?: object, signer?: TestSigner): string;
  stop(): Promise<void>;
}

export const testIssuerName = 'https://issuer.test';

export async function startIssuer(): Promise<TestIssuer> {
  const signer = createTestSigner();
  const server = createServer((_, response) => {
    issuer.asked += 1;
    if (issuer.answer) return issuer.answer(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: issuer.keys }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    signer,
    keys: [signer.publicKey],
    asked: 0,
    token(claims = {}, header = {}, by = signer) {
      const now = Math.floor(Date.now() / 1000);
      return by.sign(
        { alg: 'ES256', kid: by.kid, ...header },
        { iss: testIssuerName, aud: 'portal', sub: 'robot-7', iat: now, exp: now + 600, ...claims },
      );
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
