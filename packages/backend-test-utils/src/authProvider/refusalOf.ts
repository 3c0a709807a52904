/** What a call that must fail failed with, once it is sure that nothing secret stands in it. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/**
 * The error of a call.
 *
 * @param secrets - Texts that may stand nowhere in it, in its causes or in its fields, in no usual encoding.
 */
export async function refusalOf(
  call: Promise<unknown>,
  secrets: readonly string[],
): Promise<Error & { code?: unknown }> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  assert.ok(outcome, 'it was not refused');
  const { error } = outcome;
  // By structure: a test runner may load a provider in a realm of its own, with other prototypes.
  assert.ok(
    typeof error === 'object' && error !== null && 'message' in error,
    'something was thrown that is no error',
  );
  const everything = inspect(error, { depth: 12, showHidden: true, maxStringLength: Infinity });
  for (const secret of secrets) {
    for (const encoded of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      assert.ok(!everything.includes(encoded), `the error quotes a secret:\n${everything}`);
    }
  }
  return error as Error & { code?: unknown };
}
