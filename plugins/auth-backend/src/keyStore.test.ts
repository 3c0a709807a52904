/** `auth.keyStore` in the running plugin: what is published, signs and survives a restart, and what keeps it from starting. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { decodeProtectedHeader } from 'jose';
import { Browser } from './testing/browser.ts';
import { startIdentityProvider, startPortal, type Portal } from './testing/portal.ts';

let folder: string;
let idp: DevIdpServer;
let files: { publicKeyFile: string; privateKeyFile: string };
const portals: Portal[] = [];

beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  folder = await mkdtemp(join(tmpdir(), 'vestibule-key-store-'));
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  files = { publicKeyFile: join(folder, 'a.pub'), privateKeyFile: join(folder, 'a.key') };
  await writeFile(files.publicKeyFile, publicKey.export({ format: 'pem', type: 'spki' }));
  await writeFile(files.privateKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
});
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => {
  await idp.stop();
  await rm(folder, { recursive: true });
});

async function start(keyStore: JsonObject): Promise<Portal> {
  const portal = await startPortal({ idp, auth: { keyStore } });
  portals.push(portal);
  return portal;
}

async function tokenOf(portal: Portal): Promise<string> {
  const { message } = await portal.signIn(new Browser());
  return message?.response?.backstageIdentity?.token ?? '';
}

async function publishedKids(portal: Portal): Promise<string[]> {
  const answer = await fetch(`${portal.url}/api/auth/.well-known/jwks.json`);
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

const userInfo = async (portal: Portal, token: string) =>
  (await fetch(`${portal.url}/api/auth/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } }))
    .status;

describe('auth.keyStore', () => {
  it('static: tokens are signed by the first key, and verify after a restart on another database', async () => {
    const keyStore = { provider: 'static', static: { keys: [{ ...files, keyId: '2026-11' }] } };
    const portal = await start(keyStore);
    const token = await tokenOf(portal);
    expect(decodeProtectedHeader(token)).toMatchObject({ kid: '2026-11', alg: 'ES256' });
    expect(await publishedKids(portal)).toEqual(['2026-11']);
    expect(await userInfo(portal, token)).toBe(200);
    await portal.stop();
    portals.length = 0;

    const restarted = await start(keyStore);
    await tokenOf(restarted);
    expect(await userInfo(restarted, token)).toBe(200);
  });

  it('static: a file that cannot be used keeps the backend from starting, and is named with its key', async () => {
    const keys = [{ ...files, publicKeyFile: join(folder, 'none.pub'), keyId: 'a' }];
    await expect(start({ provider: 'static', static: { keys } })).rejects.toThrow(
      /auth\.keyStore\.static\.keys\[0\]\.publicKeyFile names '.*none\.pub', which does not exist/,
    );
  });

  it('memory: starts with a warning, and a restart refuses the tokens of before', async () => {
    const portal = await start({ provider: 'memory' });
    expect(portal.logs.join('')).toContain('every token dies with this process');
    const token = await tokenOf(portal);
    expect(await userInfo(portal, token)).toBe(200);
    const other = await start({ provider: 'memory' });
    expect(await userInfo(other, token)).toBe(401);
  });

  it('firestore: starts on the database, and says so once', async () => {
    const portal = await start({ provider: 'firestore', firestore: { projectId: 'portal' } });
    expect(portal.logs.join('').match(/firestore is not offered/g)).toHaveLength(1);
    expect(decodeProtectedHeader(await tokenOf(portal)).kid).toBe((await publishedKids(portal))[0]);
  });
});
