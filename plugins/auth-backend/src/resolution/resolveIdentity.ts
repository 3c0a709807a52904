/**
 * Asks the resolvers, in their order, who a login is.
 *
 * An identity ends the chain; `ctx.pass()` and `NotFoundError` go on to the next; `ctx.deny()` and any other error stop
 * it. What a resolver issued counts only when it returns it.
 */
import type {
  AuthResolverContext,
  DecisionCodeName,
  ProfileInfo,
  SignInResolver,
  SignInVerdict,
} from '@vestibule/plugin-auth-node';
import type { Decision } from '../decisions/decision.ts';
import { RefusalError, decisionCodeOf } from '../errors.ts';
import type { IssuedIdentity, ResolverContexts } from './resolverContext.ts';

/** A resolver that runs, and where it came from. */
export interface NamedResolver {
  name: string;
  source: 'config' | 'module' | 'provider';
  resolver: SignInResolver;
}

/** What a login proved. */
export interface ProvenLogin {
  profile: ProfileInfo;
  result: unknown;
  emailOmitted?: 'ERR_EMAIL_NOT_VERIFIED' | 'ERR_PROFILE_EMAIL_INVALID';
}

/**
 * The identity of a login.
 *
 * @throws RefusalError with a code of the closed list.
 */
export async function resolveIdentity(options: {
  login: ProvenLogin;
  resolvers: readonly NamedResolver[];
  contexts: ResolverContexts;
  decision: Decision;
  signal: AbortSignal;
}): Promise<IssuedIdentity> {
  const { login, resolvers, contexts, decision, signal } = options;
  const info = { profile: login.profile, result: login.result };
  decision.inputs = Object.keys(login.profile);

  for (const { name, resolver } of resolvers) {
    const { context, issued } = contexts.create({ decision, signal });
    const step = { resolver: name };
    let verdict: SignInVerdict;
    try {
      verdict = await untilAborted(resolver, info, context, name);
    } catch (error) {
      if (isNotFound(error)) {
        decision.resolvers.push({
          ...step,
          verdict: 'pass',
          code: decisionCodeOf(error) ?? 'ERR_USER_NOT_FOUND',
        });
        continue;
      }
      const refusal = toRefusal(error);
      decision.resolvers.push({ ...step, verdict: 'error', code: refusal.code });
      throw refusal;
    }
    if (typeof verdict !== 'object' || verdict === null) throw invalidResult(name);
    // A verdict of another spelling must not count as a pass.
    if ('verdict' in verdict && !['pass', 'deny'].includes(verdict.verdict)) throw invalidResult(name);
    if (!('verdict' in verdict)) {
      const identity = issued.get(verdict.token);
      if (!identity) throw invalidResult(name);
      decision.resolvers.push({ ...step, verdict: 'identity' });
      decision.userEntityRef = identity.claims.sub;
      decision.ownership = identity.claims.ent.length;
      return identity;
    }
    const { reason } = verdict;
    decision.resolvers.push({ ...step, verdict: verdict.verdict, ...(reason !== undefined && { reason }) });
    if (verdict.verdict === 'deny') {
      throw new RefusalError('ERR_RESOLVER_DENIED', { hint: `Resolver '${name}': ${verdict.reason}` });
    }
  }
  throw new RefusalError(noMatchCode(login, decision));
}

/** Without an e-mail address nothing was asked of the catalog: then the address is what is missing. */
function noMatchCode({ profile, emailOmitted }: ProvenLogin, { catalog }: Decision): DecisionCodeName {
  if (profile.email !== undefined || catalog.length > 0) return 'ERR_RESOLVER_NO_MATCH';
  return emailOmitted ?? 'ERR_PROFILE_NO_EMAIL';
}

function invalidResult(name: string): RefusalError {
  return new RefusalError('ERR_RESOLVER_RESULT_INVALID', {
    hint: `Resolver '${name}' returned neither a verdict nor what its context issued.`,
  });
}

/** A resolver that hangs is given up when the budget of the request is spent. */
async function untilAborted(
  resolver: SignInResolver,
  info: { profile: ProfileInfo; result: unknown },
  context: AuthResolverContext,
  name: string,
): Promise<SignInVerdict> {
  const { signal } = context;
  const { promise: aborted, reject } = withReject();
  const onAbort = () =>
    reject(new RefusalError('ERR_RESOLVER_TIMEOUT', { hint: `Resolver '${name}' did not answer in time.` }));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, Promise.resolve(resolver(info, context))]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function withReject(): { promise: Promise<never>; reject(error: Error): void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}

/** By name, as Backstage does: the class may come from another package, or another copy of one. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'NotFoundError';
}

/** Whatever a resolver throws becomes a refusal; its own words are for the operator. */
function toRefusal(error: unknown): RefusalError {
  if (error instanceof RefusalError) return error;
  const code = decisionCodeOf(error);
  if (code) {
    const { message } = error as Error;
    return new RefusalError(code, { cause: error, hint: message });
  }
  const isNo = error instanceof Error && error.name === 'NotAllowedError';
  return new RefusalError(isNo ? 'ERR_RESOLVER_DENIED' : 'ERR_RESOLVER_FAILED', { cause: error });
}

/**
 * Whether a refusal says that a part was away, rather than that somebody may not sign in. Such a refusal never ends a
 * session.
 */
export function isOutage(error: unknown): boolean {
  const code = decisionCodeOf(error);
  return code !== undefined && outageCodes.has(code);
}

const outageCodes: ReadonlySet<DecisionCodeName> = new Set([
  'ERR_AUTH_UNAVAILABLE',
  'ERR_PROVIDER_UNAVAILABLE',
  'ERR_RESOLVER_TIMEOUT',
  'ERR_CATALOG_UNAVAILABLE',
  'ERR_CATALOG_REFUSED',
  'ERR_CATALOG_ANSWER_INVALID',
]);
