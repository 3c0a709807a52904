/**
 * Keeps the provider's tokens of a session good. Where a provider is called only when it must be, one call at a time goes out
 * for each session across all replicas, and everybody who asked for the same meanwhile shares what came back.
 *
 * The lease matters because providers rotate refresh tokens: of two calls with one token, the second is an
 * `invalid_grant`, and some providers then end the whole grant (RFC 9700 section 4.14.2).
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import { RefusalError, signInCodeOf, withinBudget } from '@vestibule/plugin-auth-node';
import type {
  EnvironmentSettings,
  ProviderRequest,
  SessionGrant,
  SignInProvider,
} from '../providers/signInProvider.ts';
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

/** One refresh of one session. */
export interface SessionRefresh {
  readonly session: Session;
  readonly provider: SignInProvider;
  /** Those of today. */
  readonly settings: EnvironmentSettings;
  /** Those of the request. */
  readonly scopes: readonly string[];
  readonly request: ProviderRequest;
}

interface RenewedSession {
  session: Session;
  grant?: SessionGrant;
}

/** Renews sessions. */
export class SessionRenewal {
  private readonly underWay = new Map<string, Promise<RenewedSession>>();

  constructor(
    private readonly sessions: Sessions,
    private readonly clock: ClockService,
  ) {}

  /**
   * The session with tokens that are good and cover the scopes, and with answers to the membership queries of the access
   * rules; and what the provider said, where it was called. A session that cannot be renewed keeps the answers it has.
   *
   * @throws RefusalError `ERR_AUTH_SCOPE_NOT_GRANTED`, `ERR_AUTH_SESSION_ENDED`, `ERR_AUTH_SESSION_NOT_RENEWABLE`, and what the provider throws.
   */
  async renew(asked: SessionRefresh): Promise<RenewedSession> {
    const { session, provider, scopes } = asked;
    if (provider.renewAlways) return this.renewUnderLease(asked);
    if (this.isGood(session, asked)) return { session };
    if (!provider.canRenew(session.environment, session)) return this.withoutRenewal(session, scopes);
    const key = `${session.sessionTokenHash} ${[...scopes].sort().join(' ')}`;
    const shared = this.underWay.get(key);
    if (shared) return shared;
    const call = this.renewUnderLease(asked).finally(() => this.underWay.delete(key));
    this.underWay.set(key, call);
    return call;
  }

  private isGood({ tokens, identity }: Session, { provider, scopes, settings }: SessionRefresh): boolean {
    if (provider.renewAlways || !answersQuestions(identity, settings.questions)) return false;
    if (!covers(tokens, scopes)) return false;
    if (tokens.expiresAt === undefined) return this.clock.now() - tokens.checkedAt < recheckMilliseconds;
    return tokens.expiresAt - this.clock.now() > enoughMilliseconds;
  }

  private async renewUnderLease(asked: SessionRefresh): Promise<RenewedSession> {
    return this.sessions.withLease(asked.session, asked.request.budget, async (session) =>
      this.isGood(session, asked) ? { session } : this.callProvider({ ...asked, session }),
    );
  }

  private async callProvider(asked: SessionRefresh): Promise<RenewedSession> {
    const { sessions } = this;
    const { session, provider, scopes, settings, request } = asked;
    const { questions } = settings;
    if (!provider.renewAlways && !provider.canRenew(session.environment, session)) {
      return this.withoutRenewal(session, scopes);
    }
    let { tokensVersion } = session;
    const rotate = async (tokens: VendorTokens, vendor: VendorSession): Promise<void> => {
      if (await sessions.saveTokens({ ...session, tokensVersion }, tokens, vendor)) tokensVersion += 1;
    };
    let grant: SessionGrant;
    try {
      const call = provider.renew({ scopes, rotate, ...request }, session);
      grant = await withinBudget(request.budget, call);
    } catch (error) {
      if (provider.renewAlways || signInCodeOf(error) !== 'ERR_AUTH_SESSION_ENDED') throw error;
      // Another process may have outlived its lease and rotated the token; then the no was for a spent one.
      const current = await sessions.reopen(session);
      if (current.tokensVersion === tokensVersion) throw error;
      return { session: current };
    }
    const { tokens, vendor } = grant;
    if (!(await sessions.saveTokens({ ...session, tokensVersion }, tokens, vendor))) {
      return { session: await sessions.reopen(session), ...(provider.renewAlways && { grant }) };
    }
    let identity = identityOf(grant, questions, session.identity);
    let { identityVersion } = session;
    if (!(await sessions.saveIdentity(session, identity))) {
      // Another request wrote what it found in the catalog meanwhile. What the provider says now is newer than all it knew.
      const current = await sessions.reopen(session);
      identity = identityOf(grant, questions, current.identity);
      ({ identityVersion } = current);
      await sessions.saveIdentity(current, identity);
    }
    const versions = { tokensVersion: tokensVersion + 1, identityVersion: identityVersion + 1 };
    const written = { ...session, tokens, vendor, identity, ...versions };
    return { session: Object.assign(written, { userEntityRef: identity.claims?.sub }), grant };
  }

  /** Without anything to renew it by, a session lasts as long as its access token. */
  private withoutRenewal(session: Session, scopes: readonly string[]): RenewedSession {
    const { tokens } = session;
    if (tokens.expiresAt !== undefined && tokens.expiresAt <= this.clock.now()) {
      throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE');
    }
    if (covers(tokens, scopes)) return { session };
    throw new RefusalError('ERR_AUTH_SCOPE_NOT_GRANTED');
  }
}

function covers(tokens: VendorTokens, scopes: readonly string[]): boolean {
  return scopes.every((scope) => tokens.scopes.includes(scope));
}
