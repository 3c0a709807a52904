/** Our implementations of the services that people replace, held to the suites that a replacement runs. */
import { describe, it } from '@jest/globals';
import {
  describeSessionStore,
  describeSigningKeys,
  describeSignInRecord,
  describeTokenIssuer,
  testDatabases,
} from '@vestibule/backend-test-utils';
import { systemClock } from '@vestibule/backend-plugin-api';
import type { JSONWebKeySet } from 'jose';
import { createAuthDatabase } from './database/authDatabase.ts';
import { createTokenIssuer } from './identity/tokenIssuer.ts';
import { generateSigningKey } from './keys/algorithms.ts';
import { createFixedKeys } from './keys/staticKeys.ts';
import { createLateKeys } from './keys/openKeyStore.ts';
import { openSigningKeys } from './keys/signingKeys.ts';
import { createDatabaseSink } from './record/signInRecords.ts';
import { createSealing } from './testing/sealing.ts';
import { createDatabaseSessionStore } from './sessions/databaseSessionStore.ts';
import { holdTokens } from './sessions/heldTokens.ts';
import { silentLogger } from './testing/silentLogger.ts';

const runner = { describe, it };

const [, postgres] = await testDatabases();
for (const name of postgres ? ['SQLite', 'PostgreSQL'] : ['SQLite']) {
  /** A database of its own, as two replicas have it. */
  const replicas = async () => {
    const [sqlite, server] = await testDatabases();
    const [used, unused] = name === 'SQLite' ? [sqlite, server] : [server, sqlite];
    await unused?.cleanup();
    const of = async () => {
      const client = await used!.connect('auth');
      return createAuthDatabase({ getClient: async () => Promise.resolve(client) });
    };
    const databases = [await of(), await of()] as const;
    await databases[0].client();
    return { databases, close: async () => used!.cleanup() };
  };

  describeSessionStore(
    `the table of sessions on ${name}`,
    async () => {
      const { databases, close } = await replicas();
      let passed = 0;
      const clock = { now: () => systemClock.now() + passed };
      const [one, other] = databases;
      return {
        // As sign-in has it, and as it is.
        stores: [
          holdTokens(createDatabaseSessionStore(one, clock), { logger: silentLogger }),
          createDatabaseSessionStore(other, clock),
        ],
        advance: (milliseconds) => (passed += milliseconds),
        close,
      };
    },
    runner,
  );

  describeSigningKeys(
    `the table of keys on ${name}`,
    async () => {
      const { databases, close } = await replicas();
      const keysOn = (database: (typeof databases)[number]) =>
        createLateKeys(async () =>
          openSigningKeys({
            database: await database.client(),
            sealing: createSealing('a secret of the tests'),
            algorithm: 'ES256',
            logger: silentLogger,
            clock: systemClock,
          }),
        );
      const [one, other] = [keysOn(databases[0]), keysOn(databases[1])];
      return {
        keys: [one, other],
        async close() {
          one.stop();
          other.stop();
          await close();
        },
      };
    },
    runner,
  );

  describeSignInRecord(
    `the log and the table of records on ${name}`,
    async () => {
      const { databases, close } = await replicas();
      const sink = createDatabaseSink({
        database: databases[0],
        clock: systemClock,
        logger: silentLogger,
        isDevelopment: false,
      });
      return {
        sink,
        isStored: true,
        async close() {
          await sink.stop();
          await close();
        },
      };
    },
    runner,
  );
}

const fixedKeys = () => createFixedKeys([{ kid: 'one', algorithm: 'EdDSA', ...generateSigningKey('EdDSA') }]);

describeSigningKeys(
  'keys that never change',
  async () => {
    const keys = createLateKeys(async () => Promise.resolve(fixedKeys()));
    return Promise.resolve({ keys: [keys, keys] });
  },
  runner,
);

describeTokenIssuer(
  'the issuer of tokens',
  async () => {
    const keys = fixedKeys();
    const issuer = 'https://portal.example.com/api/auth';
    return Promise.resolve({
      tokens: createTokenIssuer({
        keys,
        issuer,
        lifetimeSeconds: 3600,
        omitOwnership: true,
        clock: systemClock,
      }),
      keySet: () => JSON.parse(keys.publicKeySet().toString()) as JSONWebKeySet,
      issuer,
    });
  },
  runner,
);
