/**
 * Keeps the provider's tokens of a session good. Where a provider is called only when it must be, one call at a time goes out
 * for each session across all replicas, and everybody who asked for the same meanwhile shares what came back.
 *
 * The lease matters because providers rotate refresh tokens: of two calls with one token, the second is an
 * `invalid_grant`, and some providers then end the whole grant (RFC 9700 section 4.14.2).
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import { type GateQuestions, RefusalError, signInCodeOf, withinBudget } from '@vestibule/plugin-auth-node';
import type { ProviderRequest, SessionGrant, SignInProvider } from '../providers/signInProvider.ts';
import { withLease } from '../sessions/lease.ts';
import {
  answersQuestions,
  identityOf,
  type Session,
  type VendorSession,
  type VendorTokens,
} from '../sessions/session.ts';
import type { Sessions } from '../sessions/sealedSessions.ts';

/** A front end asks again below 180 s, so a token with more than this is good. */
const enoughMilliseconds = 200_000;
const recheckMilliseconds = 3_600_000;

/** Renews sessions. */
export interface SessionRenewal {
  /**
   * The session with tokens that are good and cover the scopes, and with answers to the membership queries of the access
   * rules; and what the provider said, where it was called. A session that cannot be renewed keeps the answers it has.
   *
   * @throws RefusalError `ERR_AUTH_SCOPE_NOT_GRANTED`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`, and what the provider throws.
   */
  renew(options: RenewalOptions): Promise<RenewedSession>;
}

interface RenewalOptions {
  session: Session;
  provider: SignInProvider;
  scopes: readonly string[];
  /** What the access rules ask of the provider, by the config of today. */
  questions: GateQuestions;
  request: ProviderRequest;
}

interface RenewedSession {
  session: Session;
  grant?: SessionGrant;
}

export function createSessionRenewal(options: { store: Sessions; clock: ClockService }): SessionRenewal {
  const { store, clock } = options;
  const underWay = new Map<string, Promise<RenewedSession>>();

  function isGood({ tokens, identity }: Session, { provider, scopes, questions }: RenewalOptions): boolean {
    if (provider.renewAlways || !answersQuestions(identity, questions)) return false;
    if (!covers(tokens, scopes)) return false;
    if (tokens.expiresAt === undefined) return clock.now() - tokens.checkedAt < recheckMilliseconds;
    return tokens.expiresAt - clock.now() > enoughMilliseconds;
  }

  async function renewUnderLease(asked: RenewalOptions): Promise<RenewedSession> {
    return withLease(store, asked.session, asked.request.signal, async (session) =>
      isGood(session, asked) ? { session } : callProvider({ ...asked, session }),
    );
  }

  async function callProvider(asked: RenewalOptions): Promise<RenewedSession> {
    const { session, provider, scopes, questions, request } = asked;
    if (!provider.renewAlways && !provider.canRenew(session.environment, session)) {
      return { session: withoutRenewal(session, scopes) };
    }
    let { tokensVersion } = session;
    const rotate = async (tokens: VendorTokens, vendor: VendorSession): Promise<void> => {
      if (await store.saveTokens({ ...session, tokensVersion }, tokens, vendor)) tokensVersion += 1;
    };
    let grant: SessionGrant;
    try {
      const call = provider.renew({ ...request, scopes, rotate }, session);
      grant = await withinBudget(request.signal, call);
    } catch (error) {
      if (provider.renewAlways || signInCodeOf(error) !== 'ERR_AUTH_SESSION_ENDED') throw error;
      // Another process may have outlived its lease and rotated the token; then the no was for a spent one.
      const current = await reopen(session);
      if (current.tokensVersion === tokensVersion) throw error;
      return { session: current };
    }
    const { tokens, vendor } = grant;
    if (!(await store.saveTokens({ ...session, tokensVersion }, tokens, vendor))) {
      return { session: await reopen(session), ...(provider.renewAlways && { grant }) };
    }
    let identity = identityOf(grant, questions, session.identity);
    let { identityVersion } = session;
    if (!(await store.saveIdentity(session, identity))) {
      // Another request wrote what it found in the catalog meanwhile. What the provider says now is newer than all it knew.
      const current = await reopen(session);
      identity = identityOf(grant, questions, current.identity);
      ({ identityVersion } = current);
      await store.saveIdentity(current, identity);
    }
    const versions = { tokensVersion: tokensVersion + 1, identityVersion: identityVersion + 1 };
    return { session: { ...session, tokens, vendor, identity, ...versions }, grant };
  }

  /** The session as another process left it. */
  async function reopen({ sessionToken, providerId, environment }: Session): Promise<Session> {
    const current = await store.find(sessionToken, providerId, environment);
    if (!current) throw new RefusalError('ERR_AUTH_SESSION_ENDED');
    return current;
  }

  /** Without anything to renew it by, a session lasts as long as its access token. */
  function withoutRenewal(session: Session, scopes: readonly string[]): Session {
    const { tokens } = session;
    if (tokens.expiresAt !== undefined && tokens.expiresAt <= clock.now()) {
      throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE');
    }
    if (covers(tokens, scopes)) return session;
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }

  return {
    async renew(asked) {
      const { session, provider, scopes } = asked;
      if (provider.renewAlways) return renewUnderLease(asked);
      if (isGood(session, asked)) return { session };
      if (!provider.canRenew(session.environment, session))
        return { session: withoutRenewal(session, scopes) };
      const key = `${session.sessionTokenHash} ${[...scopes].sort().join(' ')}`;
      const shared = underWay.get(key);
      if (shared) return shared;
      const call = renewUnderLease(asked).finally(() => underWay.delete(key));
      underWay.set(key, call);
      return call;
    },
  };
}

function covers(tokens: VendorTokens, scopes: readonly string[]): boolean {
  return scopes.every((scope) => tokens.scopes.includes(scope));
}
