/**
 * One login, judged as the running plugin judges it, without a backend: for unit tests of resolvers. Tokens are stand-ins
 * without a signature, nothing is stored, and no provider is called.
 */
import { systemClock, type AuthService, deadlineOf } from '@vestibule/backend-plugin-api';
import {
  signInCodeOf,
  printRecord,
  type AuthOwnershipResolver,
  type GateEvidence,
  type ProfileInfo,
  type SignInRecord,
  type SignInResolver,
  type TokenIssuerService,
  type UnverifiedEmailCause,
  type UserIdentity,
} from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { authConfigSchema, type AllowBlock } from './config.ts';
import { emptyDraft, recordOf } from './record/recordDraft.ts';
import { createRedactText } from './record/redactText.ts';
import { Gates } from './policy/gates.ts';
import { Policy } from './policy/evaluateSignIn.ts';

/** What a provider would have said of the login. @public */
export interface TrialLogin {
  /** For the record; default `trial`. */
  providerId?: string;
  profile: ProfileInfo;
  result: unknown;
  subject?: string;
  issuer?: string;
  /** Why the profile has no e-mail although the provider named one. */
  emailOmitted?: 'ERR_EMAIL_NOT_VERIFIED' | 'ERR_PROFILE_EMAIL_INVALID';
  /** With the first of them, what the provider says instead of `true`. */
  emailNotVerified?: UnverifiedEmailCause;
  /** The answers to the questions of the gates. */
  evidence?: GateEvidence;
  /** What config can map to groups, by name. */
  claims?: Readonly<Record<string, unknown>>;
}

/** The keys of `auth` in config that decide about a login. @public */
export interface TrialConfig {
  allow?: AllowBlock;
  ownership?: { mode?: 'direct' | 'transitive'; maxDepth?: number; include?: string[]; exclude?: string[] };
  signIn?: {
    onMissing?: 'deny' | 'ephemeral';
    ephemeral?: { namespace?: string; groups?: { claim: string; value: string; group: string }[] };
  };
}

/** How a login ended. @public */
export interface TrialOutcome {
  /** As an operator would find it. */
  readonly record: SignInRecord;
  /** The record as `vestibule explain` prints it, but for the reference and the time. */
  readonly tree: string;
  /** After a sign-in. */
  readonly identity?: UserIdentity;
  /** Of the token, after a sign-in: those of the resolver, `sub` and `ent` among them. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** After a refusal. */
  readonly error?: unknown;
}

/**
 * Judges one login: gates, resolvers in their order, ownership, and what `auth.signIn.onMissing` says. Tests read better
 * with `expectSignIn` of `@vestibule/backend-test-utils`, which rests on it.
 *
 * @example
 * ```ts
 * const { identity, error, tree } = await tryLogin({
 *   login: { profile: { email: 'jane@example.com' }, result: {} },
 *   resolvers: { byAddress },
 *   catalog: createInMemoryCatalog([jane]),
 *   auth,
 *   signal: AbortSignal.timeout(15_000),
 * });
 * ```
 * @returns How it ended; a refusal is an outcome, not an error.
 * @throws TypeError where `config` would not be accepted at start.
 * @public
 */
export async function tryLogin(options: {
  login: TrialLogin;
  /** In the order of asking, by name. */
  resolvers: Readonly<Record<string, SignInResolver<never>>>;
  catalog: CatalogService;
  auth: AuthService;
  config?: TrialConfig;
  ownershipResolver?: AuthOwnershipResolver;
  /** Ends the login when it takes too long. */
  signal: AbortSignal;
}): Promise<TrialOutcome> {
  const { login, catalog, auth, ownershipResolver, signal } = options;
  const settings = checkedConfig(options.config ?? {});
  const { providerId = 'trial', claims } = login;
  const policy = new Policy({
    settings,
    tokens: unsignedTokens,
    catalog,
    auth,
    logger: { warn: () => undefined },
  });
  policy.resolveOwnershipBy(ownershipResolver);
  const draft = emptyDraft({ reference, event: 'sign-in', provider: providerId });
  const startedAt = systemClock.now();
  const recorded = (end: { error?: unknown }): Pick<TrialOutcome, 'record' | 'tree'> => {
    const code = 'error' in end ? (signInCodeOf(end.error) ?? 'ERR_RESOLVER_FAILED') : undefined;
    const record = recordOf(
      draft,
      { ...end, ...(code && { code }), startedAt, milliseconds: systemClock.now() - startedAt },
      createRedactText([]),
    );
    const lines = printRecord(record).split('\n');
    return { record, tree: lines.filter((line) => !line.includes(reference)).join('\n') };
  };
  try {
    const { issued } = await policy.evaluate({
      login,
      policy: {
        providerId,
        transforms: [],
        gates: new Gates({ everywhere: settings.allow, own: undefined, ownPath: '', isSignIn: true }),
        // Each resolver is given the result that the test makes for it.
        resolvers: Object.entries(options.resolvers).map(([name, resolver]) => ({
          name,
          source: 'module',
          resolver: resolver as SignInResolver,
        })),
        ...(claims && { claimsOf: () => claims }),
      },
      draft,
      budget: deadlineOf(signal),
    });
    if (!issued) return recorded({});
    const { sub, ent, additional } = issued.claims;
    return {
      ...recorded({}),
      identity: { type: 'user', userEntityRef: sub, ownershipEntityRefs: [...ent] },
      claims: { ...additional, sub, ent },
    };
  } catch (error) {
    return { ...recorded({ error }), error };
  }
}

/** Of a record that nobody looks for. */
const reference = '0000000000';

/** A token that nobody would accept, and that says what it was issued for. */
const unsignedTokens: TokenIssuerService = {
  issue: async ({ sub, ent, additional }) =>
    Promise.resolve({
      token: `unsigned.${Buffer.from(JSON.stringify({ ...additional, sub, ent })).toString('base64url')}`,
      expiresAtEpochSeconds: Math.floor(systemClock.now() / 1000) + 3600,
    }),
  verify: async () => Promise.resolve(undefined),
};

function checkedConfig(config: TrialConfig) {
  const parsed = authConfigSchema.safeParse({ auth: config });
  if (parsed.success) return parsed.data.auth ?? {};
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new TypeError(`auth: ${problems.join('; ')}`);
}
