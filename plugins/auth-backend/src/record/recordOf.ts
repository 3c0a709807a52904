/** Makes the record of what a sign-in wrote down while it went on: cut to a bound, and redacted. */
import { isObject } from '@vestibule/backend-plugin-api';
import {
  signInCodeOf,
  signInCodes,
  type RecordedError,
  type SignInCodeName,
  type SignInRecord,
  type CatalogStep,
  type GateStep,
  type OwnershipStep,
  type ResolverStep,
  type ShortSessionStep,
  type TransformStep,
} from '@vestibule/plugin-auth-node';
import type { RedactText } from './redactText.ts';

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

/** @param end - How it ended; without `code` it was allowed. */
export function recordOf(
  draft: RecordDraft,
  end: { code?: SignInCodeName; error?: unknown; startedAt: number; milliseconds: number },
  redactText: RedactText,
): SignInRecord {
  const { reference, event, provider, environment, ownership, shortSession, grace } = draft;
  const { userEntityRef, secrets, claims } = draft;
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
    ...(environment !== undefined && { environment: redact(environment) }),
    outcome: code === undefined ? 'allowed' : 'refused',
    ...(code !== undefined && { code }),
    ...(toldBy !== undefined && { operator: signInCodes[toldBy].operator }),
    inputs: Object.fromEntries(
      Object.entries(draft.inputs).map(([name, value]) => [redact(name), redact(value)]),
    ),
    ...(claims && {
      claims: Object.fromEntries(
        Object.entries(claims).map(([document, names]) => [document, names.map(redact)]),
      ),
    }),
    transforms: steps(draft.transforms),
    gates: steps(draft.gates),
    resolvers: steps(draft.resolvers),
    catalog: steps(draft.catalog),
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
    milliseconds,
  };
}

/** The reference of somebody who is in no catalog may be made from their address. */
function withoutAddress(ref: string): string {
  return ref.replace(/\/(.)[^/@]*@/u, '/$1…@');
}

/** An error and its causes. */
export function chainOf(error: unknown): unknown[] {
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
