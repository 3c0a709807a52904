/** What the container makes of the services of sign-in: one for the plugin and its modules, replaced with one line. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createBackendModule,
  createServiceFactory,
  type BackendFeature,
} from '@vestibule/backend-plugin-api';
import { startTestBackend, type TestBackend } from '@vestibule/backend-test-utils';
import guestProvider from '@vestibule/plugin-auth-backend-module-guest-provider';
import {
  sealingServiceRef,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
  userInfoServiceRef,
  type SealingService,
  type SigningKeysService,
  type TokenIssuerService,
} from '@vestibule/plugin-auth-node';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import authPlugin from './index.ts';
import { createFixedKeys } from './keys/staticKeys.ts';
import { generateSigningKey } from './keys/algorithms.ts';

let backend: TestBackend | undefined;
afterEach(async () => {
  await backend?.stop();
  backend = undefined;
});

const jane = { sub: 'user:default/jane', ent: ['user:default/jane'], additional: {} };

async function start(features: readonly BackendFeature[]): Promise<TestBackend> {
  backend = await startTestBackend({
    features: [authPlugin, guestProvider, ...features],
    config: { auth: { providers: { guest: { dangerouslyAllowOutsideDevelopment: true } } } },
  });
  return backend;
}

interface Received {
  keys: SigningKeysService;
  tokens: TokenIssuerService;
  sealing: SealingService;
}

function moduleThatReceives(moduleId: string, received: Map<string, Received>) {
  return createBackendModule({
    pluginId: 'auth',
    moduleId,
    register({ registerInit }) {
      registerInit({
        deps: { keys: signingKeysServiceRef, tokens: tokenIssuerServiceRef, sealing: sealingServiceRef },
        async init(deps) {
          received.set(moduleId, deps);
          return Promise.resolve();
        },
      });
    },
  });
}

async function keySetOf({ url }: TestBackend): Promise<JSONWebKeySet> {
  const response = await fetch(`${url}/api/auth/.well-known/jwks.json`);
  return (await response.json()) as JSONWebKeySet;
}

describe('the services of sign-in', () => {
  it('are one for the plugin and its modules, by default', async () => {
    const received = new Map<string, Received>();
    const started = await start([moduleThatReceives('one', received), moduleThatReceives('two', received)]);
    const [one, two] = [received.get('one')!, received.get('two')!];
    expect([two.keys === one.keys, two.tokens === one.tokens, two.sealing === one.sealing]).toEqual([
      true,
      true,
      true,
    ]);
    const { token } = await one.tokens.issue(jane);
    const keySet = await keySetOf(started);
    await jwtVerify(token, createLocalJWKSet(keySet), { audience: 'backstage' });
    expect(keySet.keys.map(({ kid }) => kid)).toEqual([one.keys.active().kid]);
    expect(two.sealing.open('notes', 'a', one.sealing.seal('notes', 'a', 'text'))).toBe('text');
    expect(two.sealing.open('other notes', 'a', one.sealing.seal('notes', 'a', 'text'))).toBeUndefined();
  });

  it('are replaced with one line each', async () => {
    const keys = createFixedKeys([{ kid: 'from-acme', algorithm: 'EdDSA', ...generateSigningKey('EdDSA') }]);
    const started = await start([
      createServiceFactory({
        service: signingKeysServiceRef,
        deps: {},
        factory: () => ({ ...keys, ready: async () => Promise.resolve() }),
      }),
      createServiceFactory({
        service: userInfoServiceRef,
        deps: {},
        factory: () => ({
          write: async () => Promise.resolve(),
          read: async (sub) => Promise.resolve({ sub, ent: ['group:default/acme'] }),
        }),
      }),
    ]);
    expect((await keySetOf(started)).keys.map(({ kid, alg }) => [kid, alg])).toEqual([
      ['from-acme', 'EdDSA'],
    ]);
    const signIn = await fetch(`${started.url}/api/auth/guest/refresh`, {
      headers: { 'X-Requested-With': 'XMLHttpRequest' },
    });
    const { backstageIdentity } = (await signIn.json()) as { backstageIdentity: { token: string } };
    const userinfo = await fetch(`${started.url}/api/auth/v1/userinfo`, {
      headers: { Authorization: `Bearer ${backstageIdentity.token}` },
    });
    expect(await userinfo.json()).toMatchObject({ claims: { ent: ['group:default/acme'] } });
  });
});
