/**
 * The decision: what a sign-in, refresh or sign-out found, step by step, and why it ended as it did. It is how an
 * operator learns why somebody was refused; a person sees its reference and one sentence.
 *
 * It holds no token, code, secret or e-mail address: inputs stand in it by name.
 */
import { isObject, type ClockService } from '@vestibule/backend-plugin-api';
import {
  RefusalError,
  signInCodeOf,
  signInCodes,
  type CatalogStep,
  type GateStep,
  type OwnershipStep,
  type RecordedError,
  type ResolverStep,
  type ShortSessionStep,
  type SignInCodeName,
  type SignInRecord,
  type SignInRecordShare,
  type TransformStep,
  randomBuffer,
} from '@vestibule/plugin-auth-node';
import { SecretForms, type RedactText } from './redactText.ts';
import type { SignInRecords } from './signInRecords.ts';

const mostSteps = 100;
const mostErrors = 5;

/** What a sign-in writes down while it goes on: not yet redacted. */
export interface RecordDraft {
  /** Short and random; printed on the refusal page and in the log. */
  readonly reference: string;
  readonly event: 'sign-in' | 'refresh' | 'sign-out';
  readonly provider: string;
  environment?: string | undefined;
  /** What the provider gave, by name, so shortened that it names nobody: `{ email: 'j…@example.com' }`. */
  inputs: Readonly<Record<string, string>>;
  /** By document of the provider, the names of the claims that count of it. */
  claims?: Readonly<Record<string, readonly string[]>>;
  readonly transforms: TransformStep[];
  readonly gates: GateStep[];
  readonly resolvers: ResolverStep[];
  readonly catalog: CatalogStep[];
  ownership?: OwnershipStep;
  /** Of a sign-in without a refresh token, whose session ends with the access token. */
  shortSession?: ShortSessionStep;
  /** Whether the answer came from the last good identity, because a part was away. */
  grace?: true;
  /** With `grace`, what failed just now. */
  failure?: unknown;
  userEntityRef?: string;
  /** Values that may stand nowhere in the record, whoever quotes them; see {@link addSecrets}. */
  secrets?: Set<string>;
}

/** A record in which nothing stands yet. */
export function emptyDraft(
  begun: Pick<RecordDraft, 'reference' | 'event' | 'provider' | 'environment'>,
): RecordDraft {
  return { inputs: {}, transforms: [], gates: [], resolvers: [], catalog: [], ...begun };
}

/** Begins a record. */
export function beginRecord(
  { clock, records }: { clock: ClockService; records: SignInRecords },
  begun: { event: RecordDraft['event']; providerId: string; environment?: string | undefined },
) {
  const { event, providerId: provider, environment } = begun;
  const startedAt = clock.now();
  const draft = emptyDraft({ reference: randomBuffer(5).toString('hex'), event, provider, environment });
  let kept: 'any' | 'refusals' | undefined;
  const finish = (end: { code?: SignInCodeName; error: unknown }): SignInRecord =>
    recordOf(draft, { startedAt, milliseconds: clock.now() - startedAt, ...end }, records.redactText);
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
      void records.write({ record: finish({ error: failure }), share: shareOf(draft, kept), isStored });
    },
    /**
     * Writes the end to the log and the database. Never rejects, and never takes longer than the store's deadline: then the
     * record can be found with its reference.
     */
    async refuse(error: unknown): Promise<SignInRecord> {
      const code = signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
      const record = finish({ code, error });
      const stack = stackOf(error, draft, records);
      const isStored = kept !== undefined;
      await records.write({ record, share: shareOf(draft, kept), isStored, ...(stack && { stack }) });
      return record;
    },
  };
}

/**
 * A refusal for the HTTP layer, which logs faults of the server with all their causes: the record has said the rest, and
 * said it without what must not be said.
 */
export function withoutCauses(error: unknown, { reference }: SignInRecord): RefusalError {
  return new RefusalError(signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED', {
    reference,
    hint: `The decision with reference ${reference} tells why.`,
    ...(error instanceof RefusalError && {
      sentence: error.message,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    }),
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
  const forms = new SecretForms(secrets ?? []);
  return frames.slice(0, 30).map((line) => redactText(line.trim(), forms));
}

/**
 * Makes the record of what was written down: cut to a bound, and redacted.
 *
 * @param end - How it ended; without `code` it was allowed.
 */
export function recordOf(
  draft: RecordDraft,
  end: { code?: SignInCodeName; error?: unknown; startedAt: number; milliseconds: number },
  redactText: RedactText,
): SignInRecord {
  const { reference, event, provider, environment, ownership, shortSession, grace } = draft;
  const { userEntityRef, claims } = draft;
  const secrets = new SecretForms(draft.secrets ?? []);
  const { code, error, startedAt, milliseconds } = end;
  const redact = (text: string) => redactText(text, secrets);
  const redactId = (text: string) => redactText(text, secrets, { keepsIdentifiers: true });
  const toldBy = code ?? (error === undefined ? undefined : signInCodeOf(error));
  // What code of the operator's own can put a text of the login into.
  const steps = <T extends object>(list: readonly T[]): T[] =>
    list.slice(0, mostSteps).map((step) => ({ ...step, ...textsOf(step, ['reason', 'query'], redact) }));
  return {
    version: 1,
    reference,
    at: new Date(startedAt).toISOString(),
    event,
    provider,
    outcome: code === undefined ? 'allowed' : 'refused',
    inputs: Object.fromEntries(
      Object.entries(draft.inputs).map(([name, value]) => [redact(name), redact(value)]),
    ),
    transforms: steps(draft.transforms),
    gates: steps(draft.gates),
    resolvers: steps(draft.resolvers),
    catalog: steps(draft.catalog),
    milliseconds,
    ...(environment !== undefined && { environment: redact(environment) }),
    ...(code !== undefined && { code }),
    ...(toldBy !== undefined && { operator: signInCodes[toldBy].operator }),
    ...(claims && {
      claims: Object.fromEntries(
        Object.entries(claims).map(([document, names]) => [document, names.map(redact)]),
      ),
    }),
    ...(ownership && {
      ownership: { ...ownership, ...(ownership.leftOut && { leftOut: ownership.leftOut.map(redact) }) },
    }),
    ...(shortSession && code === undefined && { shortSession }),
    ...(grace && { grace }),
    ...(code === undefined &&
      userEntityRef !== undefined && { userEntityRef: withoutAddress(userEntityRef) }),
    ...((code !== undefined || error !== undefined) && {
      errors: chainOf(error).map((one) => described(one, redact, redactId)),
    }),
  };
}

/** The reference of somebody who is in no catalog may be made from their address. */
function withoutAddress(ref: string): string {
  return ref.replace(/\/(.)[^/@]*@/u, '/$1…@');
}

/** An error and its causes. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [error];
  for (let at = error; at instanceof Error && at.cause !== undefined && chain.length < mostErrors;) {
    at = at.cause;
    if (chain.includes(at)) break;
    chain.push(at);
  }
  return chain;
}

function described(
  error: unknown,
  redact: (text: string) => string,
  redactId: (text: string) => string,
): RecordedError {
  if (!(error instanceof Error)) return { name: 'none', message: 'something that is no error was thrown' };
  const { details } = error as { details?: unknown };
  return {
    name: redact(String(error.name)),
    message: redact(String(error.message)),
    ...textsOf(error, ['code', 'hint', 'providerError', 'providerMessage'], redact),
    ...(isObject(details) && { details: textsOf(details, Object.keys(details), redactId) }),
  };
}

/** Those of the members that are texts, redacted. */
function textsOf<K extends string>(
  object: object,
  names: readonly K[],
  redact: (text: string) => string,
): Record<K, string> {
  const members = object as Readonly<Record<string, unknown>>;
  const texts = names.flatMap((name) => {
    const text = members[name];
    return typeof text === 'string' ? [[name, redact(text)]] : [];
  });
  return Object.fromEntries(texts) as Record<K, string>;
}
