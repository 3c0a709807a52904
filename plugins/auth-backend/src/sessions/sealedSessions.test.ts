/** The store by itself, on each engine: two writers, leases, and what a stolen database tells. */
import { deadlineOf } from '@vestibule/backend-plugin-api';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProviderRefusedError, type RefreshRequest } from '@vestibule/plugin-auth-node';
import { testDatabases } from '@vestibule/backend-test-utils';
import type { SessionStoreService } from '@vestibule/plugin-auth-node';
import { migrate } from '@vestibule/database-migrations';
import { SessionRenewal } from '../flow/renewSession.ts';
import { signInByClients } from '../providers/oauth.ts';
import type { SignInProvider } from '../providers/signInProvider.ts';
import { createSealing } from '../testing/sealing.ts';
import { migrations, tables } from '../database/migrations.ts';
import { deriveKey, open } from '../secrets/sealing.ts';
import { grantOf } from '../testing/acmeProvider.ts';
import type { Session, SessionIdentity, VendorTokens } from './session.ts';
import { Sessions } from './sealedSessions.ts';
import { createDatabaseSessionStore } from './databaseSessionStore.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const hour = 3_600_000;
const ofAcme = { providerId: 'acme', environment: 'development' };
const secret = 'a-session-secret-for-tests';
const identity: SessionIdentity = {
  subject: 'jane-at-acme',
  issuer: 'https://acme.example',
  profile: { email: 'jane@example.com' },
  result: { login: 'jane' },
};

describe.each(databases)('sessions on $name', ({ connect }) => {
  let now = Date.now();
  const clock = { now: () => now };
  const storeOn = (knex: Awaited<ReturnType<typeof connect>>) =>
    createDatabaseSessionStore({ client: async () => Promise.resolve(knex) }, clock);
  /** Each with a connection of its own, as two processes have. */
  let first: Sessions;
  let second: Sessions;
  let firstStore: SessionStoreService;
  let secondStore: SessionStoreService;
  let database: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    database = await connect('sessions');
    await migrate(database, { table: tables.migrations, migrations });
    [firstStore, secondStore] = [storeOn(database), storeOn(await connect('sessions'))];
    first = new Sessions(firstStore, createSealing(secret), clock);
    second = new Sessions(secondStore, createSealing(secret), clock);
  });

  const tokensNamed = (name: string): VendorTokens => ({
    accessToken: `access-${name}`,
    refreshToken: `refresh-${name}`,
    idToken: `id-${name}`,
    tokenType: 'bearer',
    scopes: ['basic'],
    expiresAt: now,
    checkedAt: now,
  });

  async function create(tokens = tokensNamed('one')): Promise<Session> {
    const { sessionToken } = await first.create({
      providerId: 'acme',
      environment: 'development',
      scopes: ['basic'],
      tokens,
      vendor: { version: 1, kind: 'oauth' },
      identity,
      endsAt: now + 24 * hour,
    });
    return find(sessionToken);
  }
  async function find(sessionToken: string): Promise<Session> {
    const session = await second.find({ sessionToken, ...ofAcme });
    if (!session) throw new Error('the session is not there');
    return session;
  }

  describe('two writers', () => {
    it('of identity and tokens: the identity never brings a refresh token back that was rotated', async () => {
      const stale = await create();
      expect(await second.saveTokens(stale, tokensNamed('two'))).toBe(true);
      await first.saveIdentity(stale, { ...identity, subject: 'changed' });
      const { tokens, identity: written } = await find(stale.sessionToken);
      expect([tokens.refreshToken, written.subject]).toEqual(['refresh-two', 'changed']);
    });

    it('of tokens: the later one is told so, and nothing is overwritten', async () => {
      const stale = await create();
      const answers = await Promise.all([
        first.saveTokens(stale, tokensNamed('two')),
        second.saveTokens(stale, tokensNamed('three')),
      ]);
      expect(answers.filter(Boolean)).toHaveLength(1);
      const winner = answers[0] ? 'two' : 'three';
      expect((await find(stale.sessionToken)).tokens.refreshToken).toBe(`refresh-${winner}`);
      expect(await first.saveTokens(stale, tokensNamed('four'))).toBe(false);
      expect((await find(stale.sessionToken)).tokens.refreshToken).toBe(`refresh-${winner}`);
    });

    it('of identities: the newer one stays', async () => {
      const stale = await create();
      await second.saveIdentity(stale, { ...identity, result: { login: 'newer' } });
      await first.saveIdentity(stale, { ...identity, result: { login: 'older' } });
      expect((await find(stale.sessionToken)).identity.result).toEqual({ login: 'newer' });
    });
  });

  describe('the lease', () => {
    const leaseGrowsOlder = async (milliseconds: number) =>
      database(tables.sessions).whereNotNull('lease_until').decrement('lease_until', milliseconds);

    it('is judged by the clock of the database, however far those of replicas are apart', async () => {
      const session = await create();
      expect(await firstStore.takeLease(session.sessionTokenHash, 'ours', 20_000)).toBe(true);
      for (const apart of [hour, -2 * hour]) {
        now += apart;
        expect(await secondStore.takeLease(session.sessionTokenHash, 'theirs', 20_000)).toBe(false);
      }
      now += hour;
      const { lease_until: until } = await database(tables.sessions).whereNotNull('lease_until').first();
      expect(Math.abs(Number(until) - Date.now() - 20_000)).toBeLessThan(10_000);
      await firstStore.releaseLease(session.sessionTokenHash, 'ours');
    });

    it('is one process’s alone, and is given back by nobody else', async () => {
      const session = await create();
      const taken = await Promise.all([
        firstStore.takeLease(session.sessionTokenHash, 'a', 20_000),
        secondStore.takeLease(session.sessionTokenHash, 'b', 20_000),
      ]);
      expect(taken.filter(Boolean)).toHaveLength(1);
      const [owner, other] = taken[0] ? ['a', 'b'] : ['b', 'a'];
      await firstStore.releaseLease(session.sessionTokenHash, other);
      expect(await firstStore.takeLease(session.sessionTokenHash, other, 20_000)).toBe(false);
      await firstStore.releaseLease(session.sessionTokenHash, owner);
      expect(await firstStore.takeLease(session.sessionTokenHash, other, 20_000)).toBe(true);
    });

    const budget = () => deadlineOf(AbortSignal.timeout(60_000));
    /** A process that was killed under the lease, as far as its store can tell. */
    async function killUnderLease(session: Session): Promise<void> {
      const store = { ...firstStore, prolongLease: async () => Promise.resolve(false) };
      await new Promise<void>((resolve) => {
        void new Sessions(store, createSealing(secret), clock).withLease(session, budget(), async () => {
          resolve();
          return new Promise(() => undefined);
        });
      });
    }

    it('that a dead process left behind ends by itself after two and a half seconds', async () => {
      const session = await create();
      await killUnderLease(session);
      await leaseGrowsOlder(2000);
      expect(await secondStore.takeLease(session.sessionTokenHash, 'survivor', 1000)).toBe(false);
      await leaseGrowsOlder(501);
      const seen = await second.withLease(session, budget(), async (current) =>
        Promise.resolve(current.sessionToken),
      );
      expect(seen).toBe(session.sessionToken);
    });

    it('that lapsed leaves its owner the time to write what it got', async () => {
      const session = await create();
      await killUnderLease(session);
      await leaseGrowsOlder(2501);
      const written = new EventEmitter();
      const noticing = {
        ...secondStore,
        takeLease: async (...given: Parameters<SessionStoreService['takeLease']>) => {
          const taken = await secondStore.takeLease(...given);
          // Alive after all, and its store as well.
          if (taken) written.emit('taken', await first.saveTokens(session, tokensNamed('two')));
          return taken;
        },
      };
      const taken = once(written, 'taken');
      const { tokens } = await new Sessions(noticing, createSealing(secret), clock).withLease(
        session,
        budget(),
        async (current) => Promise.resolve(current),
      );
      expect(await taken).toEqual([true]);
      expect(tokens.refreshToken).toBe('refresh-two');
    });

    it('is prolonged for as long as the work under it lasts, and given back with its end', async () => {
      const session = await create();
      const until = async () => {
        const row = await database(tables.sessions).where({ ticket_hash: session.sessionTokenHash }).first();
        return row.lease_until === null ? undefined : Number(row.lease_until);
      };
      await first.withLease(session, budget(), async () => {
        const begun = (await until())!;
        while ((await until())! === begun) await nextTurn();
        expect(await secondStore.takeLease(session.sessionTokenHash, 'other', 1000)).toBe(false);
      });
      expect(await until()).toBeUndefined();
    });

    it('is waited for until the budget of the request is spent, which is an outage', async () => {
      const session = await create();
      await firstStore.takeLease(session.sessionTokenHash, 'busy', 20_000);
      const budget = new AbortController();
      const waiting = second.withLease(session, deadlineOf(budget.signal), async () => Promise.resolve());
      budget.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
    });

    it('is free again after a failure, and its taker learns that the session has ended meanwhile', async () => {
      const session = await create();
      const failing = first.withLease(session, deadlineOf(AbortSignal.timeout(60_000)), async () =>
        Promise.reject(new Error('boom')),
      );
      await expect(failing).rejects.toThrow('boom');
      expect(await secondStore.takeLease(session.sessionTokenHash, 'next', 20_000)).toBe(true);
      await secondStore.releaseLease(session.sessionTokenHash, 'next');
      let ran = false;
      const beaten = new Sessions(
        {
          ...secondStore,
          takeLease: async (...given) => {
            const taken = await secondStore.takeLease(...given);
            await first.end(session.sessionToken);
            return taken;
          },
        },
        createSealing(secret),
        clock,
      );
      const ended = beaten.withLease(session, deadlineOf(AbortSignal.timeout(60_000)), async () =>
        Promise.resolve((ran = true)),
      );
      await expect(ended).rejects.toMatchObject({ code: 'ERR_AUTH_SESSION_ENDED' });
      expect(ran).toBe(false);
    });
  });

  describe('renewal', () => {
    const provider = (refresh: (request: RefreshRequest) => Promise<ReturnType<typeof grantOf>>) => {
      const client = {
        provider: {
          authorizationUrl: async () => Promise.reject(new Error('not here')),
          exchange: async () => Promise.reject(new Error('not here')),
          refresh,
        },
        persistsScopes: false,
        questions: {},
      } as never;
      return signInByClients(new Map([['development', client]]), { clock }) as SignInProvider;
    };
    const renewalOf = (store: Sessions) => {
      const renewal = new SessionRenewal(store, clock);
      return {
        renew: async (options: Parameters<typeof renewal.renew>[0]) => (await renewal.renew(options)).session,
      };
    };
    const rest = {
      scopes: ['basic'],
      settings: { questions: {} } as never,
      request: { environment: 'development', budget: deadlineOf(AbortSignal.timeout(60_000)) } as never,
    };

    it('takes over what another process rotated, where the provider says no to the spent token', async () => {
      const session = await create();
      const renewed = await renewalOf(first).renew({
        session,
        provider: provider(async () => {
          await second.saveTokens(session, { ...tokensNamed('two'), expiresAt: now + hour });
          throw new ProviderRefusedError('invalid_grant');
        }),
        ...rest,
      });
      expect(renewed.tokens.refreshToken).toBe('refresh-two');
      expect((await find(session.sessionToken)).tokens.refreshToken).toBe('refresh-two');
    });

    it('keeps what another process rotated, where both were answered', async () => {
      const session = await create();
      const renewed = await renewalOf(first).renew({
        session,
        provider: provider(async () => {
          await second.saveTokens(session, tokensNamed('two'));
          return grantOf();
        }),
        ...rest,
      });
      expect(renewed.tokens.refreshToken).toBe('refresh-two');
      expect((await find(session.sessionToken)).tokens.refreshToken).toBe('refresh-two');
    });

    it('calls nobody where another process had just renewed, and uses what it wrote', async () => {
      const session = await create();
      await second.saveTokens(session, { ...tokensNamed('two'), expiresAt: now + hour });
      const renewed = await renewalOf(first).renew({
        session,
        provider: provider(async () => Promise.reject(new Error('was called'))),
        ...rest,
      });
      expect(renewed.tokens.accessToken).toBe('access-two');
    });

    it('keeps the refresh token where the answer brings none, and writes the new one where it brings one', async () => {
      const session = await create();
      const grant = grantOf();
      delete grant.tokens.refreshToken;
      const kept = await renewalOf(first).renew({
        session,
        provider: provider(async () => Promise.resolve(grant)),
        ...rest,
      });
      expect(kept.tokens).toMatchObject({ accessToken: 'acme-access-token', refreshToken: 'refresh-one' });
      now += hour;
      const asked: string[] = [];
      await renewalOf(second).renew({
        session: await find(session.sessionToken),
        provider: provider(async ({ refreshToken }) => {
          asked.push(refreshToken);
          return Promise.resolve(grantOf({ refreshToken: 'rotated' }));
        }),
        ...rest,
      });
      expect(asked).toEqual(['refresh-one']);
      expect((await find(session.sessionToken)).tokens.refreshToken).toBe('rotated');
    });
  });

  describe('a stolen database', () => {
    it('holds neither session token nor tokens nor the person, and the secret alone opens nothing', async () => {
      const { sessionToken } = await create(tokensNamed('stolen'));
      const stored = JSON.stringify(await database(tables.sessions).select());
      const readable = [
        sessionToken,
        'access-stolen',
        'refresh-stolen',
        'id-stolen',
        'jane@example.com',
        'jane-at-acme',
      ];
      for (const value of readable) expect(stored).not.toContain(value);

      const hash = createHash('sha256').update(sessionToken).digest('base64url');
      const row = await database<{ ticket_hash: string; sealed_tokens: string }>(tables.sessions)
        .where({ ticket_hash: hash })
        .first();
      const sealed = row?.sealed_tokens ?? '';
      expect(open(deriveKey(secret, 'session', sessionToken), 'tokens', sealed)).toContain('refresh-stolen');
      // Whoever reads the database finds the generated secret there, and the hash; never the session token.
      for (const salt of ['', hash]) {
        expect(open(deriveKey(secret, 'session', salt), 'tokens', sealed)).toBeUndefined();
      }
      // Nor does the session token open it for whoever does not have the secret, or one column as the other.
      expect(open(deriveKey('', 'session', sessionToken), 'tokens', sealed)).toBeUndefined();
      expect(open(deriveKey(secret, 'session', sessionToken), 'identity', sealed)).toBeUndefined();
    });

    it('gives no session for the hash of a session token, or for another provider or environment', async () => {
      const { sessionToken, sessionTokenHash } = await create();
      expect(await first.find({ sessionToken: sessionTokenHash, ...ofAcme })).toBeUndefined();
      expect(await first.find({ sessionToken, ...ofAcme, providerId: 'other' })).toBeUndefined();
      expect(await first.find({ sessionToken, ...ofAcme, environment: 'production' })).toBeUndefined();
      expect(await first.find({ sessionToken, ...ofAcme })).toBeDefined();
    });
  });

  it('that have ended open nothing, and a day later are removed from the database', async () => {
    const ended = await create();
    now += 24 * hour;
    expect(await first.find(ended)).toBeUndefined();
    now += 25 * hour;
    const store = new Sessions(storeOn(database), createSealing(secret), clock);
    await store.create({
      providerId: 'acme',
      environment: 'development',
      scopes: [],
      vendor: { version: 1, kind: 'oauth' },
      tokens: tokensNamed('fresh'),
      identity,
      endsAt: now + hour,
    });
    // Beside the sign-in, which does not wait for it.
    while ((await database(tables.sessions).where({ ticket_hash: ended.sessionTokenHash })).length > 0);
  });
});
