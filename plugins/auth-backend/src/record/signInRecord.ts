/**
 * The record of a decision, as it is logged, kept and shown: plain JSON. What sign-in writes into while it goes on is the
 * `Decision`; this is what is left of it at the end, and it stays readable for later versions.
 */
import type { CodedError } from '@vestibule/backend-plugin-api';
import { signInCodeOf, signInCodes, type SignInCodeName } from '@vestibule/plugin-auth-node';
import type {
  CatalogStep,
  RecordDraft,
  GateStep,
  OwnershipStep,
  ResolverStep,
  ShortSessionStep,
  TransformStep,
} from './recordDraft.ts';
import type { RedactText } from './redactText.ts';

/** One error, and after it what caused it. @public */
export interface RecordedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  /** For the operator: what to look at. */
  readonly hint?: string;
  /** What the provider called it, for example `access_denied`. */
  readonly providerError?: string;
  /** The provider's own explanation, at most 300 characters. */
  readonly providerMessage?: string;
  /** Identifiers, whole: what was `expected` and `given`, and the key of the config that it is `changed by`. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Why a sign-in, a refresh or a sign-out ended as it did.
 *
 * It holds no token, code, secret or e-mail address; addresses stand in it as `j…@example.com`. The record of a refusal
 * names nobody.
 *
 * @public
 */
export interface SignInRecord {
  readonly version: 1;
  /** Ten hexadecimal digits, as on the refusal page. */
  readonly reference: string;
  /** When it began, for example `2026-11-22T10:12:03.000Z`. */
  readonly at: string;
  readonly event: 'sign-in' | 'refresh' | 'sign-out';
  /** The id of the provider. */
  readonly provider: string;
  readonly environment?: string;
  readonly outcome: 'allowed' | 'refused';
  /** A code of the closed list; with a refusal only. */
  readonly code?: SignInCodeName;
  /** What whoever runs the portal can do about it; with a refusal, or a failure that the last good identity covered. */
  readonly operator?: string;
  /** What the provider gave, by name; values are shortened, or `given` where the name says enough. */
  readonly inputs: Readonly<Record<string, string>>;
  /** By document of the provider, the names of the claims that count of it: `{ userinfo: ['email', 'sub'] }`. */
  readonly claims?: Readonly<Record<string, readonly string[]>>;
  /** In the order of running, as are the others. */
  readonly transforms: readonly TransformStep[];
  readonly gates: readonly GateStep[];
  readonly resolvers: readonly ResolverStep[];
  readonly catalog: readonly CatalogStep[];
  readonly ownership?: OwnershipStep;
  /** Of a sign-in whose session ends with its access token, because the provider gave no refresh token. */
  readonly shortSession?: ShortSessionStep;
  /** Whether the answer came from the last good identity, because a part was away. */
  readonly grace?: true;
  /**
   * Who was signed in; a name that is an address is shortened as elsewhere. Absent from refusals, and where sign-in is not
   * what was asked for.
   */
  readonly userEntityRef?: string;
  /** The error and its causes, outermost first; with a refusal, or a failure that the last good identity covered. */
  readonly errors?: readonly RecordedError[];
  readonly milliseconds: number;
}

const mostSteps = 100;
const mostErrors = 5;

/** @param end - How it ended; without `code` it was allowed. */
export function recordOf(
  draft: RecordDraft,
  end: { code?: SignInCodeName; error?: unknown; startedAt: number; milliseconds: number },
  redactText: RedactText,
): SignInRecord {
  const { reference, event, providerId, environment, ownership, shortSession, grace } = draft;
  const { userEntityRef, secrets, claims } = draft;
  const { code, error, startedAt, milliseconds } = end;
  const redact = (text: string) => redactText(text, secrets);
  const redactId = (text: string) => redactText(text, secrets, { keepsIdentifiers: true });
  const toldBy = code ?? (error === undefined ? undefined : signInCodeOf(error));
  // What code of the operator's own can put a text of the login into.
  const steps = <T extends object>(list: readonly T[]): T[] =>
    list.slice(0, mostSteps).map((step) => {
      const { reason, query } = step as { reason?: unknown; query?: unknown };
      return {
        ...step,
        ...(typeof reason === 'string' && { reason: redact(reason) }),
        ...(typeof query === 'string' && { query: redact(query) }),
      };
    });
  return {
    version: 1,
    reference,
    at: new Date(startedAt).toISOString(),
    event,
    provider: providerId,
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
      ownership: {
        ...ownership,
        ...(ownership.leftOut && { leftOut: ownership.leftOut.map(redact) }),
      },
    }),
    ...(shortSession && code === undefined && { shortSession }),
    ...(grace && { grace }),
    ...(code === undefined &&
      userEntityRef !== undefined && {
        userEntityRef: withoutAddress(userEntityRef),
      }),
    ...((code !== undefined || error !== undefined) && {
      errors: chainOf(error).map((one) => described(one, redact, redactId)),
    }),
    milliseconds,
  };
}

/** The record as a page may show it, in development: the provider's own words are for the operator, and nobody has read them. */
export function withoutProviderWords({ errors, ...record }: SignInRecord): SignInRecord {
  if (!errors) return record;
  return { ...record, errors: errors.map(({ providerMessage: _words, ...error }) => error) };
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
  const { hint, code } = error as Partial<CodedError>;
  const { providerError, providerMessage, details } = error as {
    providerError?: unknown;
    providerMessage?: unknown;
    details?: unknown;
  };
  return {
    name: redact(String(error.name)),
    message: redact(String(error.message)),
    ...(typeof code === 'string' && { code: redact(code) }),
    ...(typeof hint === 'string' && { hint: redact(hint) }),
    ...(typeof providerError === 'string' && { providerError: redact(providerError) }),
    ...(typeof providerMessage === 'string' && { providerMessage: redact(providerMessage) }),
    ...(typeof details === 'object' && details !== null && { details: identifiers(details, redactId) }),
  };
}

function identifiers(details: object, redactId: (text: string) => string): Record<string, string> {
  const texts = Object.entries(details).filter(([, value]) => typeof value === 'string') as [
    string,
    string,
  ][];
  return Object.fromEntries(texts.map(([name, text]) => [name, redactId(text)]));
}
