/** A stand-in for the auth plugin: signs user tokens, publishes its keys and tells what users own. */
import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  coreServices,
  createBackendPlugin,
  type JsonObject,
  type RegistrationsFeature,
} from '@vestibule/backend-plugin-api';

export interface TestSigner {
  kid: string;
  publicKey: JsonObject;
  sign(header: object, payload: object): string;
  /** A full user token as the auth plugin issues it, with its identity proof. */
  userToken(claims?: { sub?: string; iat?: number; exp?: number; ent?: string[] }): string;
}

export function createTestSigner(kid: string = randomUUID()): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signJson = (header: object, payload: object): string => {
    const content = `${encode(header)}.${encode(payload)}`;
    return `${content}.${signature(content, privateKey)}`;
  };
  return {
    kid,
    publicKey: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' },
    sign: signJson,
    userToken(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const { sub = 'user:default/jane', iat = now, exp = now + 3600, ent } = claims;
      const proven = `${encode({ typ: 'vnd.backstage.limited-user', alg: 'ES256', kid })}.${encode({ sub, iat, exp })}`;
      return signJson(
        { typ: 'vnd.backstage.user', alg: 'ES256', kid },
        {
          iss: 'http://localhost:7007/api/auth',
          sub,
          ...(ent && { ent }),
          aud: 'backstage',
          iat,
          exp,
          uip: signature(proven, privateKey),
        },
      );
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(content: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

export interface TestAuthPlugin {
  feature: RegistrationsFeature;
  /** What is published; a test may change it. */
  keys: JsonObject[];
  /** Paths asked for, in order. */
  asked: string[];
  /** With a number, every route answers with this status. */
  failWith?: number;
}

export function createTestAuthPlugin(signer: TestSigner): TestAuthPlugin {
  const plugin: TestAuthPlugin = {
    keys: [signer.publicKey],
    asked: [],
    feature: createBackendPlugin({
      pluginId: 'auth',
      register({ registerInit }) {
        registerInit({
          deps: { router: coreServices.httpRouter, auth: coreServices.auth },
          init({ router, auth }) {
            router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            router.use(async (request, response, next) => {
              const path = request.url ?? '';
              plugin.asked.push(path);
              if (plugin.failWith !== undefined) return answer(response, plugin.failWith, {});
              if (path === '/.well-known/jwks.json') return answer(response, 200, { keys: plugin.keys });
              if (path !== '/v1/userinfo') return next();
              const token = (request.headers.authorization ?? '').slice('Bearer '.length);
              const { principal } = await auth.authenticate(token, { allowLimitedAccess: true });
              const sub = (principal as { userEntityRef: string }).userEntityRef;
              return answer(response, 200, { claims: { sub, ent: [sub, 'group:default/team-a'] } });
            });
          },
        });
      },
    }),
  };
  return plugin;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}
