/**
 * What a hosted Backstage module meant when it failed. Its words are for the operator: they may quote a provider's answer
 * or an address inside. A person sees the sentence of a code.
 */
import { decisionCodes, type DecisionCodeName } from '@vestibule/plugin-auth-node';
import { RefusalError, decisionCodeOf } from '../errors.ts';

/** What Backstage's resolvers and gates say, as far as it is known. */
const knownMessages: readonly [RegExp, DecisionCodeName][] = [
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

const knownNames: Readonly<Partial<Record<string, DecisionCodeName>>> = {
  NotFoundError: 'ERR_USER_NOT_FOUND',
  NotAllowedError: 'ERR_RESOLVER_DENIED',
  ConflictError: 'ERR_AMBIGUOUS_MATCH',
};

/** What the context that we give their resolvers throws; the page repeats its sentence, but not its code. */
const codesOfOurContext: readonly DecisionCodeName[] = [
  'ERR_USER_NOT_FOUND',
  'ERR_AMBIGUOUS_MATCH',
  'ERR_CATALOG_UNAVAILABLE',
  'ERR_CATALOG_QUERY_UNSAFE',
  'ERR_CATALOG_ANSWER_INVALID',
];

/** The refusal for the message on a module's popup page. */
export function refusalOfPage(message: string): RefusalError {
  return new RefusalError(codeOfMessage(message) ?? 'ERR_RESOLVER_DENIED', { hint: message });
}

/** The refusal for what a module's start threw: bad input, or else the provider is away. */
export function refusalOfStart(failure: unknown): RefusalError {
  const code = decisionCodeOf(failure);
  const isInput = failure instanceof Error && failure.name === 'InputError';
  return new RefusalError(code ?? (isInput ? 'ERR_AUTH_PARAMETER_INVALID' : 'ERR_PROVIDER_UNAVAILABLE'), {
    cause: failure,
  });
}

/**
 * The refusal for what a module's refresh threw. Their `AuthenticationError` around everything says nothing, so what is
 * inside decides; without a definite no, a part was away.
 */
export function refusalOfRefresh(failure: unknown): RefusalError {
  for (let at = failure, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code = decisionCodeOf(at) ?? codeOfGrant(at);
    if (code) return new RefusalError(code, { cause: failure });
    // The message of what wraps another error quotes it.
    const named = Object.hasOwn(knownNames, at.name) ? knownNames[at.name] : undefined;
    const said = at.cause === undefined ? codeOfMessage(at.message) : undefined;
    if (named ?? said) return new RefusalError(named ?? said ?? 'ERR_RESOLVER_DENIED', { cause: failure });
  }
  return new RefusalError('ERR_PROVIDER_UNAVAILABLE', { cause: failure });
}

/** The OAuth error that openid-client and passport leave on theirs, and what a session without a refresh token gives. */
function codeOfGrant(error: Error): DecisionCodeName | undefined {
  if (error.name === 'InputError' && error.message === withoutRefreshToken)
    return 'ERR_AUTH_SESSION_NOT_RENEWABLE';
  const { error: oauthError, data } = error as { error?: unknown; data?: unknown };
  const isInvalid =
    oauthError === 'invalid_grant' ||
    (typeof data === 'string' && /"error"\s*:\s*"invalid_grant"/.test(data));
  return isInvalid ? 'ERR_AUTH_SESSION_ENDED' : undefined;
}

function codeOfMessage(message: string): DecisionCodeName | undefined {
  return (
    codesOfOurContext.find((code) => decisionCodes[code].sentence === message) ??
    knownMessages.find(([pattern]) => pattern.test(message))?.[1]
  );
}
