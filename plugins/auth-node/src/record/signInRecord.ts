/**
 * The record of a sign-in, as it is logged, stored and shown: plain JSON, which stays readable for later versions. It is how an
 * operator learns why somebody was refused; a person sees its reference and one sentence.
 */
import type { SignInCodeName } from '../signInCodes.ts';

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

/** The record as a page may show it, in development: the provider's own words are for the operator, and nobody has read them. @public */
export function withoutProviderWords({ errors, ...record }: SignInRecord): SignInRecord {
  if (!errors) return record;
  return { ...record, errors: errors.map(({ providerMessage: _words, ...error }) => error) };
}
