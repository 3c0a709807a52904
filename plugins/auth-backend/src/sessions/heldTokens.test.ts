/** A provider has rotated a refresh token, and the database of sessions cannot take it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import { sessionStoreServiceRef, type SessionStoreService } from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef } from '../database/authDatabase.ts';
import { Browser } from '../testing/browser.ts';
import { startIdentityProvider, startPortal, type Portal } from '../testing/portal.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { createDatabaseSessionStore } from './databaseSessionStore.ts';
import { holdTokens } from './heldTokens.ts';

/** The default store, whose writes of tokens fail while the test says so, as those of a full disk or a database that has gone. */
function breakableStore() {
  let failure: 'none' | 'before' | 'after' = 'none';
  let tried = 0;
  const whenTried: (() => void)[] = [];
  const factory = createServiceFactory({
    service: sessionStoreServiceRef,
    deps: { database: authDatabaseServiceRef },
    factory({ database }): SessionStoreService {
      const store = createDatabaseSessionStore(database, { now: () => Date.now() });
      return {
        ...store,
        async saveTokens(...given) {
          tried += 1;
          for (const told of whenTried.splice(0)) told();
          if (failure === 'before') throw new Error('the disk is full');
          const isWritten = await store.saveTokens(...given);
          if (failure === 'after') throw new Error('the connection was lost');
          return isWritten;
        },
      };
    },
  });
  return {
    factory,
    fail: (how: typeof failure) => void (failure = how),
    tried: () => tried,
    nextTry: async () => new Promise<void>((resolve) => void whenTried.push(resolve)),
  };
}

const store = breakableStore();
let idp: DevIdpServer;
let portal: Portal;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
  // Less than a front end wants, so that each refresh asks the provider; a spent refresh token ends the grant.
  idp.configure({ rotateRefreshTokens: true, accessTokenSeconds: 100 });
  portal = await startPortal({ idp, features: [store.factory] });
});
afterAll(async () => {
  await portal.stop();
  await idp.stop();
});

async function signedIn(): Promise<Browser> {
  const browser = new Browser();
  await portal.signIn(browser);
  return browser;
}

describe('tokens that the store could not take', () => {
  it.each(['before', 'after'] as const)(
    'are used at the next refresh, and written: it failed %s it wrote',
    async (how) => {
      const browser = await signedIn();
      store.fail(how);
      const during = await portal.refresh(browser);
      store.fail('none');
      const after = await portal.refresh(browser);
      expect([during.answer.status, after.answer.status]).toEqual([200, 200]);
      expect(after.body?.providerInfo?.accessToken).not.toBe(during.body?.providerInfo?.accessToken);
      // From the database alone, as another process has it.
      const tried = store.tried();
      expect((await portal.refresh(browser)).answer.status).toBe(200);
      expect(store.tried()).toBe(tried + 2);
    },
  );

  it('are used while it goes on to fail, one rotation after the other', async () => {
    const browser = await signedIn();
    store.fail('before');
    const tokens = new Set<string | undefined>();
    for (let round = 0; round < 3; round += 1) {
      const { answer, body } = await portal.refresh(browser);
      expect(answer.status).toBe(200);
      tokens.add(body?.providerInfo?.accessToken);
    }
    expect(tokens.size).toBe(3);
    store.fail('none');
    expect((await portal.refresh(browser)).answer.status).toBe(200);
  });

  it('are written without anybody asking, and told in the log', async () => {
    const browser = await signedIn();
    store.fail('before');
    expect((await portal.refresh(browser)).answer.status).toBe(200);
    store.fail('none');
    const told = portal.logs.length;
    await store.nextTry();
    while (!portal.logs.slice(told).some((line) => line.includes('are written'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(portal.logs.join('\n')).toContain('could not take tokens that a provider has rotated');
    expect((await portal.refresh(browser)).answer.status).toBe(200);
  });

  it('are newer than what is written over the version before them, also once the store takes it', async () => {
    let isBroken = true;
    const written: string[] = [];
    const saveTokens = async (_key: string, version: number, sealed: string) => {
      if (isBroken) throw new Error('the disk is full');
      written.push(`${sealed} over ${version}`);
      return Promise.resolve(true);
    };
    const holding = holdTokens({ saveTokens } as SessionStoreService, { logger: silentLogger });
    expect(await holding.saveTokens('a', 1, 'rotated')).toBe(true);
    isBroken = false;
    expect(await holding.saveTokens('a', 1, 'late')).toBe(false);
    await holding.stop();
    expect(written).toEqual(['rotated over 1']);
  });

  it('keep the lease for the next request of this process, until they are written', async () => {
    let isBroken = true;
    let leaseOwner: string | undefined;
    const mine = (owner: string) => leaseOwner === owner;
    const holding = holdTokens(
      {
        saveTokens: async () =>
          isBroken ? Promise.reject(new Error('the disk is full')) : Promise.resolve(true),
        async takeLease(_key: string, owner: string) {
          if (leaseOwner !== undefined) return Promise.resolve(false);
          leaseOwner = owner;
          return Promise.resolve(true);
        },
        prolongLease: async (_key: string, owner: string) => Promise.resolve(mine(owner)),
        async releaseLease(_key: string, owner: string) {
          if (mine(owner)) leaseOwner = undefined;
          return Promise.resolve();
        },
      } as Partial<SessionStoreService> as SessionStoreService,
      { logger: silentLogger },
    );
    expect(await holding.takeLease('a', 'first', 1000)).toBe(true);
    await holding.saveTokens('a', 1, 'rotated');
    await holding.releaseLease('a', 'first');
    // Others would find the tokens before these.
    expect(leaseOwner).toBe('first');

    expect(await holding.takeLease('a', 'second', 1000)).toBe(true);
    expect(await holding.takeLease('a', 'third', 1000)).toBe(false);
    expect(await holding.prolongLease('a', 'second', 1000)).toBe(true);
    await holding.releaseLease('a', 'second');
    expect(leaseOwner).toBe('first');
    isBroken = false;
    await holding.stop();
    expect(leaseOwner).toBeUndefined();
  });

  it('are gone with a session that is signed out', async () => {
    const browser = await signedIn();
    store.fail('before');
    await portal.refresh(browser);
    const sessionToken = browser.cookies.get('oidc-refresh-token')!;
    await portal.logout(browser);
    store.fail('none');
    browser.cookies.set('oidc-refresh-token', sessionToken);
    expect((await portal.refresh(browser)).answer.status).toBe(401);
  });

  it('are waited for at a shutdown', async () => {
    const breakable = breakableStore();
    const other = await startPortal({ idp, features: [breakable.factory] });
    const browser = new Browser();
    await other.signIn(browser);
    breakable.fail('before');
    expect((await other.refresh(browser)).answer.status).toBe(200);
    const tried = breakable.nextTry();
    let hasStopped = false;
    const stopping = other.backend.stop().then(() => {
      hasStopped = true;
    });
    await tried;
    await breakable.nextTry();
    expect(hasStopped).toBe(false);
    breakable.fail('none');
    await stopping;
    expect(other.logs.join('\n')).not.toContain('sessions are lost');
  });
});
