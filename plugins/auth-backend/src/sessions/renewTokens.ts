/**
 * Keeps the provider's tokens of a session good: calls the provider only when it must, one call at a time for each
 * session across all replicas, and shares the answer with everybody who asked for the same meanwhile.
 *
 * The lease matters because providers rotate refresh tokens: of two calls with one token, the second is an
 * `invalid_grant`, and some providers then end the whole grant (RFC 9700 section 4.14.2).
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import {
  type GateQuestions,
  isRefreshable,
  type OAuthProvider,
  type ProviderGrant,
  type RefreshableProvider,
  RefusalError,
  signInCodeOf,
  withinBudget,
} from '@vestibule/plugin-auth-node';
import { ClientRefusedError } from '../errors.ts';
import { withLease } from './lease.ts';
import { answersQuestions } from './gateEvidence.ts';
import type { Session, SessionIdentity, VendorTokens } from './session.ts';
import type { SessionStore } from './sessionStore.ts';

/** A front end asks again below 180 s, so a token with more than this is good. */
const enoughMilliseconds = 200_000;
const recheckMilliseconds = 3_600_000;

/** Renews tokens. */
export interface TokenRenewal {
  /**
   * The session with tokens that are good and cover the scopes, and with answers to the questions of the gates. A
   * session that cannot be renewed keeps the answers it has.
   *
   * @throws RefusalError `ERR_AUTH_SCOPE_NOT_GRANTED`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`, and what the provider throws.
   */
  renew(options: {
    session: Session;
    provider: OAuthProvider;
    scopes: readonly string[];
    persistsScopes: boolean;
    /** What the gates ask of the provider, by the config of today. */
    questions: GateQuestions;
    signal: AbortSignal;
  }): Promise<Session>;
}

interface Renewal {
  session: Session;
  provider: OAuthProvider & RefreshableProvider;
  scopes: readonly string[];
  persistsScopes: boolean;
  questions: GateQuestions;
  signal: AbortSignal;
}

export function createTokenRenewal(options: { store: SessionStore; clock: ClockService }): TokenRenewal {
  const { store, clock } = options;
  const underWay = new Map<string, Promise<Session>>();

  function isGood(
    { tokens, identity }: Session,
    { scopes, questions }: Pick<Renewal, 'scopes' | 'questions'>,
  ): boolean {
    if (!answersQuestions(identity, questions)) return false;
    if (!scopes.every((scope) => tokens.scopes.includes(scope))) return false;
    if (tokens.expiresAt === undefined) return clock.now() - tokens.checkedAt < recheckMilliseconds;
    return tokens.expiresAt - clock.now() > enoughMilliseconds;
  }

  function callUnderLease({ session, ...rest }: Renewal): Promise<Session> {
    return withLease(store, session, rest.signal, async (current) =>
      isGood(current, rest) ? current : callProvider({ session: current, ...rest }),
    );
  }

  async function callProvider({
    session,
    provider,
    scopes,
    persistsScopes,
    questions,
    signal,
  }: Renewal): Promise<Session> {
    const { tokens, identity } = session;
    if (tokens.refreshToken === undefined) return withoutRefresh(session, scopes);
    const wanted = [...new Set([...session.scopes, ...scopes])];
    const asSaved = (grant: Pick<ProviderGrant, 'tokens'>): VendorTokens =>
      tokensOf(grant, { requested: wanted, persistsScopes, now: clock.now(), earlier: tokens });
    let { tokensVersion } = session;
    let grant: ProviderGrant;
    try {
      const answer = provider.refresh({
        refreshToken: tokens.refreshToken,
        scopes: wanted,
        subject: identity.subject,
        issuer: identity.issuer,
        questions,
        earlier: {
          result: identity.result,
          ...(identity.evidence && { evidence: identity.evidence }),
          ...(identity.claimSources && { claimSources: identity.claimSources }),
        },
        ...(identity.nonce !== undefined && { nonce: identity.nonce }),
        async keepTokens(given) {
          if (given.refreshToken === undefined || given.refreshToken === tokens.refreshToken) return;
          // Expired, so that the next refresh asks the provider again, with the new refresh token.
          const kept = { ...asSaved({ tokens: given }), expiresAt: clock.now() };
          if (await store.saveTokens({ ...session, tokensVersion }, kept)) tokensVersion += 1;
        },
        signal,
      });
      grant = await withinBudget(signal, answer);
      checkSamePerson(grant, identity);
    } catch (error) {
      const refusal = definite(error);
      if (signInCodeOf(refusal) !== 'ERR_AUTH_SESSION_ENDED') throw refusal;
      // Another process may have outlived its lease and rotated the token; then the no was for a spent one.
      const current = await reopen(session);
      if (current.tokensVersion === tokensVersion) throw refusal;
      return current;
    }
    const renewed = asSaved(grant);
    if (!(await store.saveTokens({ ...session, tokensVersion }, renewed))) return reopen(session);
    let person = identityOf(grant, questions, identity);
    let { identityVersion } = session;
    if (!(await store.saveIdentity(session, person))) {
      // Another request wrote what it found in the catalog meanwhile. What the provider says now is newer than all it knew.
      const current = await reopen(session);
      person = identityOf(grant, questions, current.identity);
      ({ identityVersion } = current);
      await store.saveIdentity(current, person);
    }
    return {
      ...session,
      tokens: renewed,
      tokensVersion: tokensVersion + 1,
      identity: person,
      identityVersion: identityVersion + 1,
    };
  }

  /** The session as another process left it. */
  async function reopen({ sessionToken, providerId, environment }: Session): Promise<Session> {
    const current = await store.find(sessionToken, providerId, environment);
    if (!current) throw new RefusalError('ERR_AUTH_SESSION_ENDED');
    return current;
  }

  /** Without a refresh token a session lasts as long as its access token. */
  function withoutRefresh(session: Session, scopes: readonly string[]): Session {
    const { tokens } = session;
    if (tokens.expiresAt !== undefined && tokens.expiresAt <= clock.now()) {
      throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE');
    }
    if (scopes.every((scope) => tokens.scopes.includes(scope))) return session;
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }

  return {
    async renew({ provider, ...rest }) {
      const { session, scopes } = rest;
      if (isGood(session, rest)) return session;
      if (!isRefreshable(provider) || session.tokens.refreshToken === undefined)
        return withoutRefresh(session, scopes);
      const key = `${session.sessionTokenHash} ${[...scopes].sort().join(' ')}`;
      const shared = underWay.get(key);
      if (shared) return shared;
      const call = callUnderLease({ provider, ...rest }).finally(() => underWay.delete(key));
      underWay.set(key, call);
      return call;
    },
  };
}

/** OpenID Connect Core 12.2, for every kind of provider, and for those that forget to check it themselves. */
function checkSamePerson(grant: ProviderGrant, { subject, issuer }: SessionIdentity): void {
  if (grant.subject === subject && grant.issuer === issuer) return;
  throw new RefusalError('ERR_PROVIDER_ANSWER_INVALID', {
    hint: 'The refresh is of another subject or issuer than the sign-in.',
  });
}

/** Of the OAuth errors only `invalid_grant` is about the person; the others are ours or the provider's to mend. */
function definite(error: unknown): unknown {
  if (signInCodeOf(error) !== 'ERR_PROVIDER_REFUSED') return error;
  const { providerError } = error as { providerError?: string };
  if (providerError === 'invalid_grant') {
    return new RefusalError('ERR_AUTH_SESSION_ENDED', {
      cause: error,
      hint: 'The provider ended the grant.',
    });
  }
  return new ClientRefusedError('ERR_PROVIDER_REFUSED', { cause: error });
}

/** The tokens of a grant. For providers that persist scopes, what was asked for counts, not what they answer. */
export function tokensOf(
  { tokens }: Pick<ProviderGrant, 'tokens'>,
  options: { requested: readonly string[]; persistsScopes: boolean; now: number; earlier?: VendorTokens },
): VendorTokens {
  const { requested, persistsScopes, now, earlier } = options;
  const refreshToken = tokens.refreshToken ?? earlier?.refreshToken;
  return {
    accessToken: tokens.accessToken,
    tokenType: tokens.tokenType,
    ...(tokens.idToken !== undefined && { idToken: tokens.idToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    scopes: persistsScopes ? requested : (tokens.scopes ?? requested),
    ...(tokens.expiresInSeconds !== undefined && {
      expiresAt: now + Math.floor(tokens.expiresInSeconds) * 1000,
    }),
    checkedAt: now,
  };
}

/** What a grant proves, with what the transforms and resolvers made of it before. */
export function identityOf(
  grant: ProviderGrant,
  asked: GateQuestions,
  earlier?: SessionIdentity,
): SessionIdentity {
  return {
    subject: grant.subject,
    issuer: grant.issuer,
    profile: grant.profile,
    result: grant.result,
    ...(grant.emailOmitted && { emailOmitted: grant.emailOmitted }),
    ...(grant.emailNotVerified && { emailNotVerified: grant.emailNotVerified }),
    ...(grant.claimSources && { claimSources: grant.claimSources }),
    ...(grant.evidence && { evidence: grant.evidence }),
    ...(grant.unanswered && { unanswered: grant.unanswered }),
    asked,
    ...(earlier?.shown && { shown: earlier.shown }),
    ...(earlier?.nonce !== undefined && { nonce: earlier.nonce }),
    ...(earlier?.claims && { claims: earlier.claims }),
  };
}
