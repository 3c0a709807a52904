/**
 * What a hosted Backstage module meant when it failed. Its words are for the operator: they may quote a provider's answer
 * or an address inside. A person sees the sentence of a code.
 */
import { RefusalError, signInCodeOf, type SignInCodeName } from '@vestibule/plugin-auth-node';
import { refusalOfThrown } from '../../policy/operatorCode.ts';
import type { RequestEvidence } from './evidence.ts';
import type { ModuleCall } from './calls.ts';

/** What Backstage's resolvers and handlers throw at a refresh, as far as it is known. */
const knownMessages: readonly [RegExp, SignInCodeName][] = [
  [/unable to resolve user identity|User not found/, 'ERR_RESOLVER_NO_MATCH'],
  [/(?:does not contain an|contained no|is missing) email/, 'ERR_PROFILE_NO_EMAIL'],
  [/profile (?:does not contain|contained no) |does not match the catalog user/, 'ERR_RESOLVER_DENIED'],
  // Of a proxy, which sent nothing.
  [/^Request did not contain /, 'ERR_PROVIDER_ANSWER_INVALID'],
  [/not from an allowed domain/, 'ERR_GATE_DOMAIN'],
  [/multiple (?:exact )?matches/, 'ERR_AMBIGUOUS_MATCH'],
  [/has not been granted the requested scope/, 'ERR_AUTH_SCOPE_NOT_GRANTED'],
  [/^Authentication (?:failed|rejected)/, 'ERR_PROVIDER_REFUSED'],
];

/** What a session without a refresh token gives. */
const withoutRefreshToken = 'Missing session cookie';

const knownNames: Readonly<Partial<Record<string, SignInCodeName>>> = {
  NotFoundError: 'ERR_USER_NOT_FOUND',
  NotAllowedError: 'ERR_RESOLVER_DENIED',
  ConflictError: 'ERR_AMBIGUOUS_MATCH',
};

/** What the module said of its own, with what it may have said it for. */
class ProviderModuleError extends Error {
  override readonly name: string;

  constructor({ name, message }: { name: string; message: string }, options: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * The refusal for what stands on a module's popup page: what we threw, where the module passed it on or threw another for
 * it; otherwise the module's own word, or, where its last call to the outside failed, the provider's.
 */
export function refusalOfPage(
  said: { name: string; message: string },
  { evidence, providerError }: { evidence: RequestEvidence; providerError: string | undefined },
): RefusalError {
  const ours = evidence.passedOn(said);
  if (ours) return refusalOfThrown(ours, 'ERR_RESOLVER_DENIED');
  const cause = new ProviderModuleError(said, evidence.unresolved ? { cause: evidence.unresolved } : {});
  const own = refusalOfThrown(cause, 'ERR_RESOLVER_DENIED');
  const instead = refusalInstead(cause, evidence);
  if (instead) return instead;
  const named = codeOfName(said.name);
  if (named) return new RefusalError(named, { cause });
  if (providerError !== undefined && !evidence.wasAsked) {
    return new RefusalError('ERR_PROVIDER_REFUSED', {
      cause: Object.assign(cause, { providerError: providerError.slice(0, 300) }),
    });
  }
  return refusalOfCall(evidence, cause) ?? own;
}

/** The refusal for what a module's start threw: bad input, or else the provider is away. */
export function refusalOfStart(failure: unknown): RefusalError {
  const code = signInCodeOf(failure);
  const isInput = failure instanceof Error && failure.name === 'InputError';
  return new RefusalError(code ?? (isInput ? 'ERR_AUTH_PARAMETER_INVALID' : 'ERR_PROVIDER_UNAVAILABLE'), {
    cause: failure,
  });
}

/**
 * The refusal for what a handler of a module threw. Their `AuthenticationError` around everything says nothing, so what is
 * inside decides, or what we threw.
 *
 * @param isWord - Whether an error that tells nothing is the module's word, as it is where it asks nobody but a resolver.
 *   Otherwise, without a definite no, a part was away.
 */
export function refusalOfHandler(
  failure: unknown,
  evidence: RequestEvidence,
  { isWord = false } = {},
): RefusalError {
  const chain: Error[] = [];
  for (let at = failure; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at);
  for (const at of chain) {
    const code = signInCodeOf(at) ?? codeOfGrant(at);
    if (code) {
      const sentence = at instanceof RefusalError ? at.message : undefined;
      return new RefusalError(code, { cause: failure, ...(sentence !== undefined && { sentence }) });
    }
  }
  const innermost = chain.at(-1);
  const instead = innermost && refusalInstead(innermost, evidence, failure);
  if (instead) return instead;
  for (const at of chain) {
    // The message of what wraps another error quotes it.
    const code = codeOfName(at.name) ?? (at.cause === undefined ? codeOfMessage(at.message) : undefined);
    if (code) return new RefusalError(code, { cause: failure });
  }
  const called = refusalOfCall(evidence, failure);
  if (called && (isWord || called.code === 'ERR_PROVIDER_UNAVAILABLE')) return called;
  return isWord
    ? refusalOfThrown(failure, 'ERR_RESOLVER_DENIED')
    : new RefusalError('ERR_PROVIDER_UNAVAILABLE', { cause: failure });
}

/**
 * Where the module threw an error of its own after we had thrown one: ours is why. Whom the catalog does not know is for the
 * module to judge: it may say why not, or break over it.
 */
function refusalInstead(
  said: Error,
  { unresolved }: RequestEvidence,
  cause: unknown = said,
): RefusalError | undefined {
  if (!unresolved) return undefined;
  const { code, message } = refusalOfThrown(unresolved, 'ERR_RESOLVER_DENIED');
  if (code !== 'ERR_USER_NOT_FOUND') {
    return new RefusalError(code, { cause: withCause(cause, unresolved), sentence: message });
  }
  const own = refusalOfThrown(said, 'ERR_RESOLVER_DENIED').code;
  const isOwnWord = said.name === 'NotAllowedError' || own === 'ERR_RESOLVER_FAILED';
  return new RefusalError(isOwnWord ? own : 'ERR_RESOLVER_NO_MATCH', { cause });
}

/** The operator sees both: what the module said, and what it said it for. */
function withCause(said: unknown, unresolved: Error): unknown {
  if (said instanceof ProviderModuleError) return said;
  const { name, message } = said as Error;
  return new ProviderModuleError({ name, message }, { cause: unresolved });
}

/** Before its resolver asked anything, a module talks to the provider. */
function refusalOfCall({ lastCall, wasAsked }: RequestEvidence, cause: unknown): RefusalError | undefined {
  if (!lastCall) return undefined;
  const { host, status } = lastCall;
  const hint =
    status === undefined
      ? `The module's last call, to ${host}, got no answer.`
      : `The module's last call, to ${host}, was answered with ${status}.`;
  if (isAway(lastCall)) return new RefusalError('ERR_PROVIDER_UNAVAILABLE', { cause, hint });
  const isRefused = status !== undefined && status >= 400 && !wasAsked;
  return isRefused ? new RefusalError('ERR_PROVIDER_REFUSED', { cause, hint }) : undefined;
}

function isAway({ status }: ModuleCall): boolean {
  return status === undefined || status >= 500 || status === 429;
}

/** The OAuth error that openid-client and passport leave on theirs, and what a session without a refresh token gives. */
function codeOfGrant(error: Error): SignInCodeName | undefined {
  if (error.name === 'InputError' && error.message === withoutRefreshToken)
    return 'ERR_AUTH_SESSION_NOT_RENEWABLE';
  const { error: oauthError, data } = error as { error?: unknown; data?: unknown };
  const isInvalid =
    oauthError === 'invalid_grant' ||
    (typeof data === 'string' && /"error"\s*:\s*"invalid_grant"/.test(data));
  return isInvalid ? 'ERR_AUTH_SESSION_ENDED' : undefined;
}

function codeOfName(name: string): SignInCodeName | undefined {
  return Object.hasOwn(knownNames, name) ? knownNames[name] : undefined;
}

function codeOfMessage(message: string): SignInCodeName | undefined {
  return knownMessages.find(([pattern]) => pattern.test(message))?.[1];
}
