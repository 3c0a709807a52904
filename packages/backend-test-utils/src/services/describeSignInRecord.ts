/** What every implementation of SignInRecordService must do, as a suite of tests that knows no test runner. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { systemClock } from '@vestibule/backend-plugin-api';
import type { FinishedSignIn, SignInRecord, SignInRecordService } from '@vestibule/plugin-auth-node';
import type { TestRunner } from '../describeCatalogService.ts';

/** The sink to be tested. @public */
export interface SignInRecordUnderTest {
  sink: SignInRecordService;
  /** Whether `find` knows what was written. Default: a sink that stores nothing. */
  isStored?: boolean;
  /** Runs after each test. */
  close?(): Promise<void>;
}

/**
 * Describes a SignInRecordService.
 *
 * @param name - The implementation, for the title.
 * @param make - Makes a sink. Called once for each test.
 * @public
 */
export function describeSignInRecord(
  name: string,
  make: () => Promise<SignInRecordUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, body: (given: SignInRecordUnderTest) => Promise<void>): void => {
    it(title, async () => {
      const given = await make();
      try {
        await body(given);
      } finally {
        await given.close?.();
      }
    });
  };

  describe(`${name}, as a SignInRecordService`, () => {
    test('takes a refusal, and finds it again where it stores any', async ({ sink, isStored = false }) => {
      const finished = finishedWith();
      await sink.write(finished);
      const found = await sink.find(finished.record.reference);
      assert.deepEqual(found, isStored ? finished.record : undefined);
    });

    test('takes a success, a refresh and a fault', async ({ sink, isStored = false }) => {
      const { code: _code, ...rest } = recordOf();
      const allowed = { ...rest, outcome: 'allowed', userEntityRef: 'user:default/jane' } as const;
      for (const finished of [
        finishedWith({ record: allowed }),
        finishedWith({ record: recordOf({ event: 'refresh' }), share: 'session' }),
        finishedWith({ stack: ['at acme (/srv/acme.js:1:1)'] }),
      ]) {
        await sink.write(finished);
        const found = await sink.find(finished.record.reference);
        assert.deepEqual(found, isStored ? finished.record : undefined);
      }
    });

    test('takes what is not worth storing', async ({ sink }) => {
      await sink.write(finishedWith({ share: 'unproven', isStored: false }));
    });

    test('keeps nobody waiting for more than a second, also where much comes at once', async ({ sink }) => {
      const begunAt = performance.now();
      await Promise.all(
        Array.from({ length: 300 }, async () => sink.write(finishedWith({ share: 'unproven' }))),
      );
      assert.ok(performance.now() - begunAt < 5000);
    });

    test('finds nothing under a reference that nobody has', async ({ sink }) => {
      for (const reference of ['', 'ffffffffff', "' OR 1=1 --", '__proto__', '../../etc/passwd']) {
        assert.equal(await sink.find(reference), undefined, reference);
      }
    });

    test('changes nothing of what it is given', async ({ sink }) => {
      const finished = finishedWith();
      const before = JSON.stringify(finished);
      await sink.write(finished);
      assert.equal(JSON.stringify(finished), before);
    });
  });
}

function finishedWith(changes: Partial<FinishedSignIn> = {}): FinishedSignIn {
  return { record: recordOf(), share: 'login', isStored: true, ...changes };
}

function recordOf(changes: Partial<SignInRecord> = {}): SignInRecord {
  return {
    version: 1,
    reference: randomBytes(5).toString('hex'),
    at: new Date(systemClock.now()).toISOString(),
    event: 'sign-in',
    provider: 'acme',
    environment: 'development',
    outcome: 'refused',
    code: 'ERR_RESOLVER_NO_MATCH',
    inputs: { email: 'j…@example.com' },
    transforms: [],
    gates: [{ gate: 'auth.allow.domains', verdict: 'pass' }],
    resolvers: [{ resolver: 'byAddress', verdict: 'pass' }],
    catalog: [{ query: 'spec.profile.email', hits: 0 }],
    milliseconds: 3,
    ...changes,
  };
}
