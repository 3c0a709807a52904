/** What every implementation of SessionStoreService must do, as a suite of tests that knows no test runner. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '@vestibule/backend-plugin-api';
import {
  isSearchable,
  type SearchableSessionStore,
  type SessionStoreService,
  type StoredSession,
} from '@vestibule/plugin-auth-node';
import type { TestRunner } from '../describeCatalogService.ts';

/** Stores to be tested. @public */
export interface SessionStoresUnderTest {
  /** One for each of two replicas, over the same sessions. */
  stores: readonly [SessionStoreService, SessionStoreService];
  /** Moves the clock of the store, where that is one of the test's. Default: time passes by itself. */
  advance?(milliseconds: number): void;
  /** Runs after each test. */
  close?(): Promise<void>;
}

/**
 * Describes a SessionStoreService.
 *
 * @param name - The implementation, for the title.
 * @param make - Makes the stores. Called once for each test; sessions of earlier ones may still be there.
 * @example
 * ```ts
 * describeSessionStore('Acme sessions', async () => ({ stores: [acmeSessions(), acmeSessions()] }), { describe, it });
 * ```
 * @public
 */
export function describeSessionStore(
  name: string,
  make: () => Promise<SessionStoresUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, body: (given: SessionStoresUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const given = await make();
      try {
        await body(given);
      } finally {
        await given.close?.();
      }
    });
  };

  describe(`${name}, as a SessionStoreService`, () => {
    test('gives back what it was given, to the letter, to every replica', async ({
      stores: [one, other],
    }) => {
      const session = newSession({ outage: { since: systemClock.now() - 5, seenAt: systemClock.now() } });
      await one.create(session);
      assert.deepEqual(await one.find(session.key), session);
      assert.deepEqual(await other.find(session.key), session);
      const bare = newSession({ scopes: [] });
      await one.create(bare);
      assert.deepEqual(await other.find(bare.key), bare);
    });

    test('finds nothing under a key that nobody has, or that only resembles one', async ({
      stores: [one],
    }) => {
      const session = newSession();
      await one.create(session);
      for (const key of ['', '*', session.key.slice(1), session.key.toLowerCase(), `${session.key}:lease`]) {
        assert.equal(await one.find(key), undefined, key);
      }
    });

    test('writes tokens over the version that was read, and tells the later of two writers', async ({
      stores: [one, other],
    }) => {
      const session = newSession();
      await one.create(session);
      const written = await Promise.all([
        one.saveTokens(session.key, 1, 'sealed by one'),
        other.saveTokens(session.key, 1, 'sealed by the other'),
      ]);
      assert.deepEqual([...written].sort(), [false, true]);
      const sealedTokens = written[0] ? 'sealed by one' : 'sealed by the other';
      assert.deepEqual(await one.find(session.key), { ...session, sealedTokens, tokensVersion: 2 });
      assert.equal(await other.saveTokens(session.key, 1, 'too late'), false);
      assert.equal(await other.saveTokens(session.key, 2, 'in time'), true);
      assert.equal((await one.find(session.key))?.tokensVersion, 3);
    });

    test('writes identity and tokens apart: neither undoes the other', async ({ stores: [one, other] }) => {
      const session = newSession();
      await one.create(session);
      assert.equal(await one.saveTokens(session.key, 1, 'rotated'), true);
      assert.equal(await other.saveIdentity(session.key, 1, 'somebody'), true);
      assert.equal(await other.saveIdentity(session.key, 1, 'too late'), false);
      assert.deepEqual(await one.find(session.key), {
        ...session,
        sealedTokens: 'rotated',
        tokensVersion: 2,
        sealedIdentity: 'somebody',
        identityVersion: 2,
      });
    });

    test('notes an outage, its end, and the last use, and counts no version up', async ({
      stores: [one, other],
    }) => {
      const session = newSession();
      await one.create(session);
      const outage = { since: session.createdAt + 1, seenAt: session.createdAt + 2 };
      await one.saveOutage(session.key, outage);
      await other.saveLastUse(session.key, session.lastUsedAt + 60_000);
      const used = { ...session, lastUsedAt: session.lastUsedAt + 60_000 };
      assert.deepEqual(await other.find(session.key), { ...used, outage });
      await other.saveOutage(session.key, undefined);
      assert.deepEqual(await one.find(session.key), used);
    });

    test('gives the lease of a session to one owner at a time', async ({ stores: [one, other] }) => {
      const { key } = await created(one);
      const taken = await Promise.all([one.takeLease(key, 'a', 60_000), other.takeLease(key, 'b', 60_000)]);
      assert.deepEqual([...taken].sort(), [false, true]);
      const [owner, waiting] = taken[0] ? ['a', 'b'] : ['b', 'a'];
      await other.releaseLease(key, waiting);
      assert.equal(await one.takeLease(key, waiting, 60_000), false);
      await other.releaseLease(key, owner);
      assert.equal(await one.takeLease(key, waiting, 60_000), true);
      const another = await created(one);
      assert.equal(await other.takeLease(another.key, owner, 60_000), true);
    });

    test('ends the lease of an owner that is gone, by itself, and says that it did', async ({
      stores: [one, other],
      advance,
    }) => {
      const { key } = await created(one);
      assert.equal(await one.takeLease(key, 'gone', 5), true);
      const deadline = performance.now() + 10_000;
      let taken = await other.takeLease(key, 'next', 60_000);
      while (!taken) {
        assert.ok(performance.now() < deadline, 'the lease of 5 ms is still taken after 10 s');
        advance?.(5);
        await nextTurn();
        taken = await other.takeLease(key, 'next', 60_000);
      }
      assert.equal(taken, 'lapsed');
      await one.releaseLease(key, 'gone');
      assert.equal(await one.takeLease(key, 'third', 60_000), false);
      await other.releaseLease(key, 'next');
      assert.equal(await one.takeLease(key, 'third', 60_000), true);
    });

    test('prolongs the lease of whoever has it, and of nobody else', async ({
      stores: [one, other],
      advance,
    }) => {
      const { key } = await created(one);
      assert.equal(await one.prolongLease(key, 'a', 60_000), false);
      assert.equal(await one.takeLease(key, 'a', 30_000), true);
      assert.equal(await other.prolongLease(key, 'b', 1), false);
      assert.equal(await other.prolongLease(key, 'a', 90_000), true);
      advance?.(60_000);
      assert.equal(await other.takeLease(key, 'b', 60_000), false);
      await one.releaseLease(key, 'a');
      assert.equal(await one.prolongLease(key, 'a', 60_000), false);
      assert.equal(await other.takeLease(key, 'b', 60_000), true);
    });

    test('leaves a lease alone while it writes, and keeps nothing of it in the session', async ({
      stores: [one, other],
    }) => {
      const session = await created(one);
      await one.takeLease(session.key, 'a', 60_000);
      await other.saveTokens(session.key, 1, 'rotated');
      assert.equal(await other.takeLease(session.key, 'b', 60_000), false);
      const found = await one.find(session.key);
      assert.deepEqual(found, { ...session, sealedTokens: 'rotated', tokensVersion: 2 });
    });

    test('ends a session for every replica, and nothing that comes later brings it back', async ({
      stores: [one, other],
    }) => {
      const { key } = await created(one);
      await one.takeLease(key, 'a', 60_000);
      await other.end(key);
      assert.equal(await one.find(key), undefined);
      assert.equal(await one.saveTokens(key, 1, 'late'), false);
      assert.equal(await one.saveIdentity(key, 1, 'late'), false);
      await one.saveOutage(key, { since: 1, seenAt: 2 });
      await one.saveLastUse(key, systemClock.now());
      assert.equal(await one.prolongLease(key, 'a', 60_000), false);
      await one.releaseLease(key, 'a');
      assert.equal(await one.takeLease(key, 'b', 60_000), false);
      assert.equal(await other.find(key), undefined);
      await one.end(key);
    });

    test('finds sessions by what they are of, and of the sealed parts nothing, where it can', async ({
      stores: [one, other],
    }) => {
      if (!isSearchable(one) || !isSearchable(other)) return;
      const user = `user:default/u${randomBytes(8).toString('hex')}`;
      const now = systemClock.now();
      const old = newSession({ userEntityRef: user, createdAt: now - 5000, lastUsedAt: now - 4000 });
      const young = newSession({ userEntityRef: user, providerId: 'other', browser: 'Firefox on Linux' });
      const nobodys = newSession();
      for (const session of [old, young, nobodys]) await one.create(session);
      const idsOf = async (filter: Parameters<SearchableSessionStore['search']>[0], limit = 10) =>
        (await other.search(filter, limit)).map(({ id }) => id);
      const [first, second] = await other.search({ userEntityRef: user }, 10);
      const { id = '', ...told } = first ?? {};
      assert.deepEqual(told, {
        kind: 'browser',
        userEntityRef: user,
        providerId: 'other',
        client: 'Firefox on Linux',
        createdAt: young.createdAt,
        lastUsedAt: young.lastUsedAt,
        endsAt: young.endsAt,
      });
      assert.ok(id.length >= 8 && young.key.startsWith(id) && young.key.length > id.length, id);
      assert.equal('client' in second!, false);
      const oldId = second!.id;
      assert.deepEqual(await idsOf({ userEntityRef: user }, 1), [id]);
      assert.deepEqual(await idsOf({ userEntityRef: user, providerId: 'acme' }), [oldId]);
      assert.deepEqual(await idsOf({ userEntityRef: user, createdBefore: now - 4500 }), [oldId]);
      assert.deepEqual(await idsOf({ userEntityRef: user, livingAt: now }), [id, oldId]);
      assert.deepEqual(await idsOf({ userEntityRef: user, livingAt: now + 86_400_000 * 2 }), []);
      assert.deepEqual(await idsOf({ id: oldId }), [oldId]);
      assert.deepEqual(await idsOf({ id: oldId, userEntityRef: 'user:default/nobody' }), []);
      assert.deepEqual(await idsOf({ id: '____________' }), []);
      // Whose it is changes with the identity.
      assert.equal(await one.saveIdentity(young.key, 1, 'somebody', 'user:default/renamed'), true);
      assert.deepEqual(await idsOf({ userEntityRef: user }), [oldId]);
      assert.equal((await one.find(young.key))?.userEntityRef, 'user:default/renamed');
    });

    test('ends the sessions that are meant, for every replica, and no other, where it can', async ({
      stores: [one, other],
    }) => {
      if (!isSearchable(one)) return;
      const user = `user:default/u${randomBytes(8).toString('hex')}`;
      const meant = [newSession({ userEntityRef: user }), newSession({ userEntityRef: user })];
      const unmeant = [newSession({ userEntityRef: `${user}x` }), newSession()];
      for (const session of [...meant, ...unmeant]) await other.create(session);
      assert.equal(await one.endWhere({ userEntityRef: user, providerId: 'other' }), 0);
      assert.equal(await one.endWhere({ userEntityRef: user }), 2);
      for (const { key } of meant) {
        assert.equal(await other.find(key), undefined);
        assert.equal(await other.saveTokens(key, 1, 'late'), false);
      }
      for (const session of unmeant) assert.deepEqual(await other.find(session.key), session);
      assert.equal(await one.endWhere({ userEntityRef: user }), 0);
    });

    test('still has a session that ended less than a day ago, so that its end can be explained', async ({
      stores: [one],
    }) => {
      const now = systemClock.now();
      const session = newSession({
        createdAt: now - 7_200_000,
        lastUsedAt: now - 7_200_000,
        endsAt: now - 3_600_000,
      });
      await one.create(session);
      assert.deepEqual(await one.find(session.key), session);
    });
  });
}

async function created(store: SessionStoreService): Promise<StoredSession> {
  const session = newSession();
  await store.create(session);
  return session;
}

/** A session of its own, with texts that a careless store could break. */
function newSession(changes: Partial<StoredSession> = {}): StoredSession {
  const now = systemClock.now();
  return {
    key: `K${randomBytes(32).toString('base64url').slice(1)}`,
    providerId: 'acme',
    environment: 'development',
    scopes: ['openid', 'https://acme.example/read:all'],
    sealedTokens: randomBytes(3000).toString('base64url'),
    tokensVersion: 1,
    sealedIdentity: '0',
    identityVersion: 1,
    createdAt: now,
    lastUsedAt: now,
    endsAt: now + 86_400_000,
    ...changes,
  };
}
