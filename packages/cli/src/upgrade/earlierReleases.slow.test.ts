/**
 * What each release left behind, under today's code: its database on both engines, the cookies that browsers hold, and a
 * token. The clock stands a minute after it was stopped.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRootLogger } from '@vestibule/backend-defaults';
import { createDefaultBackend } from '@vestibule/backend';
import { clockServiceRef, coreServices } from '@vestibule/backend-plugin-api';
import { createFrontEnd, mockServices, readPopup } from '@vestibule/backend-test-utils';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { freePort } from '../testing/vestibuleProcess.ts';
import {
  earlierBaseUrl,
  earlierPortals,
  inheritEarlier,
  schemaOf,
  writeEarlierPortal,
} from './testing/earlierReleases.ts';
import { browserOf } from './testing/fixture.ts';
import { freshDatabase, type Engine } from './testing/freshDatabase.ts';
import { lastingRefreshToken, startLastingProvider } from './testing/lastingProvider.ts';
import { portalEnvironment } from './testing/upgradedPortal.ts';

type Left = NonNullable<Awaited<ReturnType<typeof inheritEarlier>>>;

interface Installation extends Pick<Left, 'directory' | 'database'> {
  held: Pick<Left['held'], 'madeAt' | 'issuer'>;
}

async function startToday({ held, directory, database }: Installation) {
  const clock = mockServices.clock(held.madeAt + 60_000);
  const idp = await startLastingProvider(clock, () => held.issuer);
  const port = await freePort();
  const configFile = await writeEarlierPortal({
    directory,
    port,
    database,
    idp,
    issuer: held.issuer,
    withPrograms: true,
  });
  const backend = createDefaultBackend({ configFiles: [configFile] });
  backend.add(mockServices.factoryOf(clockServiceRef, clock));
  backend.add(mockServices.factoryOf(coreServices.rootLogger, createRootLogger({ write: () => undefined })));
  await backend.start();
  const url = `http://127.0.0.1:${port}`;
  const frontEnd = createFrontEnd(
    { url },
    { provider: 'oidc', environment: portalEnvironment, origin: earlierBaseUrl },
  );
  return {
    url,
    idp,
    clock,
    refresh: frontEnd.refresh,
    async stop() {
      await backend.stop();
      await idp.close();
    },
  };
}

/** The schema that today's code makes of nothing. */
async function newInstallation(engine: Engine): Promise<string[]> {
  const database = await freshDatabase(engine);
  if (!database) return [];
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-new-'));
  const today = await startToday({
    held: { madeAt: Date.now(), issuer: 'https://id.example.com' },
    directory,
    database: database.config,
  });
  const schema = await schemaOf(await database.connect('auth'));
  await today.stop();
  await database.cleanup();
  await rm(directory, { recursive: true });
  return schema;
}

const inherited = await Promise.all(
  earlierPortals.map(async (portal) => ({ ...portal, left: await inheritEarlier(portal) })),
);
afterAll(async () => Promise.all(inherited.map(async ({ left }) => left?.cleanup())));
const there = inherited.flatMap(({ left, ...portal }) => (left ? [{ ...portal, left }] : []));

describe.each(there)('after an upgrade from $name on $engine', ({ left, engine }) => {
  const { held } = left;
  let today: Awaited<ReturnType<typeof startToday>>;
  beforeAll(async () => {
    today = await startToday(left);
  });
  afterAll(async () => today.stop());

  it('a session goes on, with the refresh token that was stored', async () => {
    const browser = browserOf(held.session);
    for (const round of [1, 2]) {
      const { answer, response, error } = await today.refresh(browser);
      expect([round, answer.status, error]).toEqual([round, 200, undefined]);
      expect(response?.backstageIdentity?.identity).toMatchObject({
        userEntityRef: 'user:default/jane',
        ownershipEntityRefs: ['user:default/jane', 'group:default/team-a'],
      });
      // 480 would be the last good identity, given out while a part is away.
      expect(response?.backstageIdentity?.expiresInSeconds).toBeGreaterThan(3000);
    }
    const sent = today.idp.requests.filter(({ endpoint }) => endpoint === 'token');
    expect(sent.map(({ form }) => form.get('refresh_token'))).toEqual([lastingRefreshToken]);
  });

  it('no other cookie opens it', async () => {
    const others = Object.entries(held.session).map(([name, { value, path }]) => {
      const middle = value.length >> 1;
      const other = value[middle] === 'A' ? 'B' : 'A';
      return [name, { value: value.slice(0, middle) + other + value.slice(middle + 1), path }] as const;
    });
    const { answer, error } = await today.refresh(browserOf(Object.fromEntries(others)));
    expect([answer.status, error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });

  it('a sign-in that had begun ends in a session', async () => {
    const browser = browserOf(held.begun.cookies);
    const { search } = new URL(held.begun.authorizationUrl);
    const callback = new URL(await today.idp.authorize(`${today.idp.issuer}/authorization${search}`));
    const answer = await browser.send(today.url + callback.pathname + callback.search);
    const { response, error } = readPopup(answer);
    expect(error).toBeUndefined();
    expect(response?.backstageIdentity?.identity.userEntityRef).toBe('user:default/jane');
    expect((await today.refresh(browser)).answer.status).toBe(200);
  });

  // An edited migration would make two kinds of databases.
  it('the database is what a new installation has', async () => {
    const fresh = await newInstallation(engine);
    expect(await left.schema()).toEqual(fresh);
    expect(fresh.length).toBeGreaterThan(8);
  });

  it('a token verifies', async () => {
    const set = (await (await fetch(`${today.url}/api/auth/.well-known/jwks.json`)).json()) as JSONWebKeySet;
    const currentDate = new Date(today.clock.now());
    const { payload } = await jwtVerify(held.userToken, createLocalJWKSet(set), { currentDate });
    expect(payload.sub).toBe('user:default/jane');
    const answer = await fetch(`${today.url}/api/auth/v1/userinfo`, {
      headers: { authorization: `Bearer ${held.userToken}` },
    });
    expect(await answer.json()).toMatchObject({ claims: { sub: 'user:default/jane' } });
  });
});
