/**
 * The decision: what a sign-in, refresh or sign-out found, step by step, and why it ended as it did. It is how an
 * operator learns why somebody was refused; a person sees its reference and one sentence.
 *
 * It holds no token, code, secret or e-mail address: inputs stand in it by name.
 */
import { randomBytes } from 'node:crypto';
import type { ClockService, JsonObject, LoggerService } from '@vestibule/backend-plugin-api';
import { RefusalError, signInCodeOf, signInCodes } from '@vestibule/plugin-auth-node';
import { chainOf, recordOf, type SignInRecord } from './signInRecord.ts';
import type { RecordShare, RecordStore } from './recordStore.ts';

/** What one resolver said. @public */
export interface ResolverStep {
  resolver: string;
  verdict: 'identity' | 'pass' | 'deny' | 'error';
  /** The resolver's reason, for the operator. */
  reason?: string;
  code?: string;
}

/** What was asked of the catalog. @public */
export interface CatalogStep {
  /** The keys that were compared, without their values; `groups of level 2` for ownership. */
  query: string;
  hits: number;
  /** The resolver that asked; absent for ownership. */
  resolver?: string;
}

/** What one profile transform said. @public */
export interface TransformStep {
  transform: string;
  verdict: 'profile' | 'deny' | 'error';
  /** The transform's reason, for the operator. */
  reason?: string;
  code?: string;
}

/** What one gate said. @public */
export interface GateStep {
  /** Its path in the config, for example `auth.allow.domains`. */
  gate: string;
  verdict: 'pass' | 'deny';
  code?: string;
  /** For the operator. */
  reason?: string;
}

/** What the identity owns, and how that was found. @public */
export interface OwnershipStep {
  size: number;
  /** `resolver`: the resolver named it itself. */
  source: 'direct' | 'transitive' | 'module' | 'resolver' | 'ephemeral';
  /** Levels of groups that were walked. */
  levels?: number;
  /** What was named and does not count, each with why: `'group:default/a|b' holds '|'`. */
  leftOut?: readonly string[];
}

/** That the session cannot be renewed. @public */
export interface ShortSessionStep {
  /** For how long it lasts; absent where the provider does not say. */
  seconds?: number;
  /** What would make it last, for whoever runs the portal. */
  advice: string;
}

/** The record of one attempt. */
export interface RecordDraft {
  /** Short and random; printed on the refusal page and in the log. */
  readonly reference: string;
  readonly event: 'sign-in' | 'refresh' | 'sign-out';
  readonly providerId: string;
  environment?: string;
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

/** A decision under way. */
export interface RecordWriter {
  readonly draft: RecordDraft;
  /**
   * Says that the end is worth keeping in the database: any end, or a refusal and a failure that was covered. Without it the end goes to the log
   * alone, so that nobody fills the table with requests that cost nothing. In development refusals are always kept.
   */
  keep(which: 'any' | 'refusals'): void;
  /** Writes the end to the log, and soon to the database; takes no time. */
  allow(): void;
  /**
   * Writes the end to the log and the database. Never rejects, and never takes longer than the store's deadline: then the
   * record can be found with its reference.
   */
  refuse(error: unknown): Promise<SignInRecord>;
}

/** A record in which nothing stands yet. */
export function emptyDraft(
  begun: Pick<RecordDraft, 'reference' | 'event' | 'providerId' | 'environment'>,
): RecordDraft {
  return { ...begun, inputs: {}, transforms: [], gates: [], resolvers: [], catalog: [] };
}

/** Begins a record. */
export function beginRecord(options: {
  event: RecordDraft['event'];
  providerId: string;
  environment?: string;
  logger: LoggerService;
  clock: ClockService;
  records: RecordStore;
}): RecordWriter {
  const { event, providerId, environment, logger, clock, records } = options;
  const startedAt = clock.now();
  const draft = emptyDraft({
    reference: randomBytes(5).toString('hex'),
    event,
    providerId,
    ...(environment !== undefined && { environment }),
  });
  let kept: 'any' | 'refusals' | undefined;
  const time = () => ({ startedAt, milliseconds: clock.now() - startedAt });
  return {
    draft,
    keep(which) {
      kept = which;
    },
    allow() {
      const { failure } = draft;
      const record = recordOf(draft, { ...time(), error: failure }, records.redactText);
      // Nobody notices a failure that the last good identity covers, until it does no more.
      if (failure === undefined) logger.info(`${event} with '${providerId}' allowed`, fieldsOf(record));
      else
        logger.warn(`${event} with '${providerId}' allowed, from the last good identity`, fieldsOf(record));
      if (kept === 'any' || (kept === 'refusals' && failure !== undefined)) {
        records.keepSoon(record, shareOf(draft, kept));
      }
    },
    async refuse(error) {
      const code = signInCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
      const record = recordOf(draft, { ...time(), code, error }, records.redactText);
      const line = `${event} with '${providerId}' refused: ${code}`;
      const fields = { ...fieldsOf(record), ...stackOf(error, draft, records) };
      // What no visitor can cause is worth an operator's attention; the rest is everyday life.
      if (signInCodes[code].status >= 500) logger.error(line, fields);
      else logger.info(line, fields);
      if (kept !== undefined || records.keepsEveryRefusal) await records.keep(record, shareOf(draft, kept));
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
    ...(error instanceof RefusalError && {
      sentence: error.message,
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    }),
    reference,
    hint: `The decision with reference ${reference} tells why.`,
  });
}

/** A record is plain JSON; an interface cannot say so. */
function fieldsOf(record: SignInRecord): JsonObject {
  return record as object as JsonObject;
}

/** Notes values of an attempt, such as its tokens, that must not get into the record by way of somebody's message. */
export function addSecrets(draft: RecordDraft, values: Iterable<string | undefined>): void {
  draft.secrets ??= new Set();
  for (const value of values) if (value !== undefined) draft.secrets.add(value);
}

/**
 * Whose share of the table a record takes. A login that was proven after a sealed attempt costs whoever makes it an
 * account; a guest is proven by asking.
 */
function shareOf(
  { event, inputs, resolvers, catalog, userEntityRef }: RecordDraft,
  kept: 'any' | 'refusals' | undefined,
): RecordShare {
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
  { redactText }: RecordStore,
): { stack?: string[] } {
  const fault = chainOf(error).find((one) => one instanceof Error && !('code' in one));
  if (!(fault instanceof Error)) return {};
  // The head of a stack repeats the message.
  const frames = String(fault.stack ?? '')
    .replace(fault.message, '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '));
  return { stack: frames.slice(0, 30).map((line) => redactText(line.trim(), secrets)) };
}
