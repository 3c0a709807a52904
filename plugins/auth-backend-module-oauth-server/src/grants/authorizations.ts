/**
 * Requests for authorization, from when a client asks until its code is spent. Until somebody decides, a request is its own
 * handle, sealed, and nothing is stored: anybody may ask, and so nobody can crowd out the requests of others. Decisions are
 * rows, with handles and codes hashed; every step is one insert or conditional update: of two replicas that take it at
 * once, one succeeds.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { tables } from '../oauthTables.ts';
import { fingerprint, randomToken, type SealingService } from '@vestibule/plugin-auth-node';
import type { AuthorizationRequest } from './authorizationRequest.ts';
import { OAuthError } from '../oauthError.ts';
import { throwUnavailable } from '../databaseFailure.ts';

/** How long somebody may think about it; and how long the replay of a code is noticed after it was given. */
const lifetimeMilliseconds = 3_600_000;
/** RFC 6749 section 4.1.2: ten minutes at most. */
const codeLifetimeMilliseconds = 600_000;
/** It is part of addresses, which many servers take up to 8 KB. */
const longestHandle = 6000;
/** What its keys are derived for, and what is sealed with them: never to be changed while a request may wait. */
const sealedAs = ['oauth-authorization', 'authorization'] as const;
const cleanUpEveryMilliseconds = 60_000;

interface AuthorizationRow {
  handle_hash: string;
  client_id: string;
  client_name: string;
  redirect_uri: string;
  scope: string;
  state: string | null;
  nonce: string | null;
  code_challenge: string | null;
  status: 'approved' | 'rejected' | 'redeemed' | 'revoked';
  user_entity_ref: string | null;
  code_hash: string | null;
  code_expires_at: number | string | null;
  grant_id: string | null;
  expires_at: number | string;
}

/** What a handle holds. */
interface SealedRequest {
  readonly request: AuthorizationRequest;
  readonly startedAt: number;
}

/** What a code stands for. */
export interface AuthorizedCode extends AuthorizationRequest {
  readonly userEntityRef: string;
  readonly isExpired: boolean;
  readonly isRedeemed: boolean;
  /** What it gave when it was redeemed. */
  readonly grantId?: string;
}

/** The store. What waits for the database throws OAuthError `temporarily_unavailable` while that is away. */
export interface Authorizations {
  /**
   * The handle of a request, good for an hour and one decision. Nothing is stored.
   *
   * @throws OAuthError `invalid_request` where the handle would be too long for an address.
   */
  begin(request: AuthorizationRequest): string;
  /** As long as nobody has decided, and the hour is not over. */
  findPending(handle: string): Promise<AuthorizationRequest | undefined>;
  /** Gives the code; `undefined` where somebody has decided already. */
  approve(handle: string, userEntityRef: string): Promise<string | undefined>;
  /** Ends the request; `false` where somebody has decided already. */
  reject(handle: string): Promise<boolean>;
  /** `undefined` also for one that was spent with all of its user's. */
  findCode(code: string): Promise<AuthorizedCode | undefined>;
  /** Spends a code; `false` where it was spent already. */
  redeem(code: string, grantId: string | undefined): Promise<boolean>;
}

export function createAuthorizations(options: {
  database: Knex;
  clock: ClockService;
  sealing: SealingService;
}): Authorizations {
  const { database, clock, sealing } = options;
  const rows = () => database<AuthorizationRow>(tables.oauthAuthorizations);
  let cleanedAt = 0;

  /** The request of a handle that we sealed less than an hour ago. */
  function unseal(handle: string): AuthorizationRequest | undefined {
    const text = sealing.open(...sealedAs, handle);
    if (text === undefined) return undefined;
    const { request, startedAt } = JSON.parse(text) as SealedRequest;
    return startedAt + lifetimeMilliseconds > clock.now() ? request : undefined;
  }

  /** Whether it is the first decision. It is known for longer than the handle opens. */
  async function decide(
    handle: string,
    draft: Pick<AuthorizationRow, 'status'> & Partial<AuthorizationRow>,
  ): Promise<boolean> {
    const request = unseal(handle);
    if (!request) return false;
    const inserted = await rows()
      .insert({
        handle_hash: fingerprint(handle),
        client_id: request.clientId,
        client_name: request.clientName,
        redirect_uri: request.redirectUri,
        scope: request.scope,
        state: request.state ?? null,
        nonce: request.nonce ?? null,
        code_challenge: request.codeChallenge ?? null,
        expires_at: clock.now() + lifetimeMilliseconds,
        ...draft,
      })
      .onConflict('handle_hash')
      .ignore()
      .returning('handle_hash')
      .catch(throwUnavailable);
    await cleanUp();
    return inserted.length > 0;
  }

  async function cleanUp(): Promise<void> {
    const now = clock.now();
    if (now - cleanedAt < cleanUpEveryMilliseconds) return;
    cleanedAt = now;
    // Where another replica removes the same rows, its work will do.
    await rows()
      .where('expires_at', '<', now)
      .delete()
      .catch(() => undefined);
  }

  return {
    begin(request) {
      const content: SealedRequest = { request, startedAt: clock.now() };
      const handle = sealing.seal(...sealedAs, JSON.stringify(content));
      if (handle.length > longestHandle) {
        throw new OAuthError('invalid_request', 'The request is too long; a shorter state would do');
      }
      return handle;
    },

    async findPending(handle) {
      const request = unseal(handle);
      if (!request) return undefined;
      const decided = await rows()
        .where({ handle_hash: fingerprint(handle) })
        .first('handle_hash')
        .catch(throwUnavailable);
      return decided ? undefined : request;
    },

    async approve(handle, userEntityRef) {
      const code = randomToken();
      const isFirst = await decide(handle, {
        status: 'approved',
        user_entity_ref: userEntityRef,
        code_hash: fingerprint(code),
        code_expires_at: clock.now() + codeLifetimeMilliseconds,
      });
      return isFirst ? code : undefined;
    },

    async reject(handle) {
      return decide(handle, { status: 'rejected' });
    },

    async findCode(code) {
      const row = await rows()
        .where({ code_hash: fingerprint(code) })
        .first()
        .catch(throwUnavailable);
      if (!row || row.user_entity_ref === null || row.status === 'revoked') return undefined;
      return {
        ...requestOf(row),
        userEntityRef: row.user_entity_ref,
        isExpired: Number(row.code_expires_at) <= clock.now(),
        isRedeemed: row.status === 'redeemed',
        ...(row.grant_id !== null && { grantId: row.grant_id }),
      };
    },

    async redeem(code, grantId) {
      const changed = await rows()
        .where({ code_hash: fingerprint(code), status: 'approved' })
        .update({ status: 'redeemed', grant_id: grantId ?? null })
        .catch(throwUnavailable);
      return changed > 0;
    },
  };
}

/**
 * Spends the codes of a user, or without one of everybody, that nobody has redeemed. Whoever redeems one at that moment waits for
 * the transaction.
 */
export async function spendCodes(
  userEntityRef: string | undefined,
  transaction: Knex.Transaction,
): Promise<void> {
  const codes = transaction<AuthorizationRow>(tables.oauthAuthorizations).where({ status: 'approved' });
  if (userEntityRef !== undefined) void codes.whereRaw('lower(user_entity_ref) = ?', [userEntityRef]);
  await codes.update({ status: 'revoked' });
}

function requestOf(row: AuthorizationRow): AuthorizationRequest {
  return {
    clientId: row.client_id,
    clientName: row.client_name,
    redirectUri: row.redirect_uri,
    scope: row.scope,
    ...(row.state !== null && { state: row.state }),
    ...(row.nonce !== null && { nonce: row.nonce }),
    ...(row.code_challenge !== null && { codeChallenge: row.code_challenge }),
  };
}
