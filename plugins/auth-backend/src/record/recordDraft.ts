/**
 * The decision: what a sign-in, refresh or sign-out found, step by step, and why it ended as it did. It is how an
 * operator learns why somebody was refused; a person sees its reference and one sentence.
 *
 * It holds no token, code, secret or e-mail address: inputs stand in it by name.
 */
import { randomBytes } from 'node:crypto';
import type { ClockService } from '@vestibule/backend-plugin-api';
import {
  RefusalError,
  signInCodeOf,
  type SignInCodeName,
  type SignInRecord,
  type SignInRecordShare,
} from '@vestibule/plugin-auth-node';
import { chainOf, recordOf, type RecordDraft } from './recordOf.ts';
import type { SignInRecords } from './signInRecords.ts';

export type { RecordDraft } from './recordOf.ts';

/** A record in which nothing stands yet. */
export function emptyDraft(
  begun: Pick<RecordDraft, 'reference' | 'event' | 'provider' | 'environment'>,
): RecordDraft {
  return { ...begun, inputs: {}, transforms: [], gates: [], resolvers: [], catalog: [] };
}

/** Begins a record. */
export function beginRecord(
  { clock, records }: { clock: ClockService; records: SignInRecords },
  begun: { event: RecordDraft['event']; providerId: string; environment?: string | undefined },
) {
  const { event, providerId: provider, environment } = begun;
  const startedAt = clock.now();
  const draft = emptyDraft({ reference: randomBytes(5).toString('hex'), event, provider, environment });
  let kept: 'any' | 'refusals' | undefined;
  const write = async (
    end: { code?: SignInCodeName; error: unknown },
    isStored: boolean,
    stack?: string[],
  ): Promise<SignInRecord> => {
    const time = { startedAt, milliseconds: clock.now() - startedAt };
    const record = recordOf(draft, { ...end, ...time }, records.redactText);
    await records.write({ record, share: shareOf(draft, kept), isStored, ...(stack && { stack }) });
    return record;
  };
  return {
    draft,
    /**
     * Says that the end is worth keeping in the database: any end, or a refusal and a failure that was covered. Without it the
     * end goes to the log alone, so that nobody fills the table with requests that cost nothing. In development refusals are
     * always kept.
     */
    keep(which: 'any' | 'refusals'): void {
      kept = which;
    },
    /** Writes the end to the log, and soon to the database; takes no time. */
    allow(): void {
      const { failure } = draft;
      const isStored = kept === 'any' || (kept === 'refusals' && failure !== undefined);
      void write({ error: failure }, isStored);
    },
    /**
     * Writes the end to the log and the database. Never rejects, and never takes longer than the store's deadline: then the
     * record can be found with its reference.
     */
    async refuse(error: unknown): Promise<SignInRecord> {
      const code = signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
      return write({ code, error }, kept !== undefined, stackOf(error, draft, records));
    },
  };
}

/**
 * A refusal for the HTTP layer, which logs faults of the server with all their causes: the record has said the rest, and
 * said it without what must not be said.
 */
export function withoutCauses(error: unknown, { reference }: SignInRecord): RefusalError {
  return new RefusalError(signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED', {
    ...(error instanceof RefusalError && {
      sentence: error.message,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    }),
    reference,
    hint: `The decision with reference ${reference} tells why.`,
  });
}

/** Notes values of an attempt, such as its tokens, that must not get into the record by way of somebody's message. */
export function addSecrets(draft: RecordDraft, values: Iterable<string | undefined>): void {
  draft.secrets ??= new Set();
  for (const value of values) if (value !== undefined) draft.secrets.add(value);
}

/**
 * Whose share of the table a record takes. A login that was proven after a sealed transaction costs whoever makes it an
 * account; a guest is proven by asking.
 */
function shareOf(
  { event, inputs, resolvers, catalog, userEntityRef }: RecordDraft,
  kept: 'any' | 'refusals' | undefined,
): SignInRecordShare {
  if (event !== 'sign-in') return 'session';
  const isProven =
    userEntityRef !== undefined ||
    Object.keys(inputs).length > 0 ||
    resolvers.length > 0 ||
    catalog.length > 0;
  return kept === 'any' && isProven ? 'login' : 'unproven';
}

/** An error without a code is a fault in somebody's code, and only its stack says in whose. For the log only. */
function stackOf(
  error: unknown,
  { secrets }: RecordDraft,
  { redactText }: SignInRecords,
): string[] | undefined {
  const fault = chainOf(error).find((one) => one instanceof Error && !('code' in one));
  if (!(fault instanceof Error)) return undefined;
  // The head of a stack repeats the message.
  const frames = String(fault.stack ?? '')
    .replace(fault.message, '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '));
  return frames.slice(0, 30).map((line) => redactText(line.trim(), secrets));
}
