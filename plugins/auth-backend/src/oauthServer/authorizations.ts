/**
 * Requests for authorization, from when a client asks until its code is spent. Handles and codes are stored hashed, and
 * every step is one conditional update: of two replicas that take it at once, one succeeds.
 */
import type { Knex } from 'knex';
import type { Clock } from '../clock.ts';
import { tables } from '../database/migrations.ts';
import { fingerprint, randomToken } from '../secrets/sealing.ts';
import type { AuthorizationRequest } from './authorizationRequest.ts';
import { throwUnavailable } from './oauthServerDatabase.ts';

/** How long somebody may think about it; and how long the replay of a code is noticed after it was given. */
const lifetimeMilliseconds = 3_600_000;
/** RFC 6749 section 4.1.2: ten minutes at most. */
const codeLifetimeMilliseconds = 600_000;
/** Of all replicas together; each may be off by what it takes in between two clean-ups. */
const mostPending = 10_000;
const cleanUpAfterRequests = 50;
const cleanUpEveryMilliseconds = 3_600_000;

interface AuthorizationRow {
  handle_hash: string;
  client_id: string;
  client_name: string;
  redirect_uri: string;
  scope: string;
  state: string | null;
  nonce: string | null;
  code_challenge: string | null;
  status: 'pending' | 'approved' | 'redeemed';
  user_entity_ref: string | null;
  code_hash: string | null;
  code_expires_at: number | string | null;
  grant_id: string | null;
  expires_at: number | string;
}

/** What a code stands for. */
export interface AuthorizedCode extends AuthorizationRequest {
  readonly userEntityRef: string;
  readonly isExpired: boolean;
  readonly isRedeemed: boolean;
  /** What it gave when it was redeemed. */
  readonly grantId?: string;
}

/** The store. Everything throws OAuthError `temporarily_unavailable` while the database is away. */
export interface Authorizations {
  /** Keeps a request for an hour; of too many, the oldest goes. The answer is its handle. */
  begin(request: AuthorizationRequest): Promise<string>;
  /** As long as nobody has decided, and the hour is not over. */
  findPending(handle: string): Promise<AuthorizationRequest | undefined>;
  /** Gives the code; `undefined` where somebody has decided already. */
  approve(handle: string, userEntityRef: string): Promise<string | undefined>;
  /** Forgets the request; `false` where somebody has decided already. */
  reject(handle: string): Promise<boolean>;
  findCode(code: string): Promise<AuthorizedCode | undefined>;
  /** Spends a code; `false` where it was spent already. */
  redeem(code: string, grantId: string | undefined): Promise<boolean>;
}

export function createAuthorizations({ database, clock }: { database: Knex; clock: Clock }): Authorizations {
  const rows = () => database<AuthorizationRow>(tables.oauthAuthorizations);
  const pending = (handle: string) =>
    rows()
      .where({ handle_hash: fingerprint(handle), status: 'pending' })
      .andWhere('expires_at', '>', clock());
  let begunSinceCleanUp = cleanUpAfterRequests;
  let cleanedAt = 0;

  async function cleanUp(): Promise<void> {
    const now = clock();
    begunSinceCleanUp += 1;
    if (begunSinceCleanUp < cleanUpAfterRequests && now - cleanedAt < cleanUpEveryMilliseconds) return;
    begunSinceCleanUp = 0;
    cleanedAt = now;
    await rows().where('expires_at', '<', now).delete();
    const beyond = rows()
      .select('handle_hash')
      .where({ status: 'pending' })
      .orderBy([{ column: 'expires_at', order: 'desc' }, 'handle_hash'])
      .offset(mostPending - cleanUpAfterRequests);
    // Asked again, since somebody may approve one meanwhile.
    await rows().where({ status: 'pending' }).whereIn('handle_hash', beyond).delete();
  }

  return {
    async begin({ clientId, clientName, redirectUri, scope, state, nonce, codeChallenge }) {
      const handle = randomToken();
      const now = clock();
      // Where another replica removes the same rows, its work will do.
      await cleanUp().catch(() => undefined);
      await rows()
        .insert({
          handle_hash: fingerprint(handle),
          client_id: clientId,
          client_name: clientName,
          redirect_uri: redirectUri,
          scope,
          state: state ?? null,
          nonce: nonce ?? null,
          code_challenge: codeChallenge ?? null,
          status: 'pending',
          expires_at: now + lifetimeMilliseconds,
        })
        .catch(throwUnavailable);
      return handle;
    },

    async findPending(handle) {
      const row = await pending(handle).first().catch(throwUnavailable);
      return row && requestOf(row);
    },

    async approve(handle, userEntityRef) {
      const code = randomToken();
      const now = clock();
      const changed = await pending(handle)
        .update({
          status: 'approved',
          user_entity_ref: userEntityRef,
          code_hash: fingerprint(code),
          code_expires_at: now + codeLifetimeMilliseconds,
          expires_at: now + lifetimeMilliseconds,
        })
        .catch(throwUnavailable);
      return changed > 0 ? code : undefined;
    },

    async reject(handle) {
      return (await pending(handle).delete().catch(throwUnavailable)) > 0;
    },

    async findCode(code) {
      const row = await rows()
        .where({ code_hash: fingerprint(code) })
        .first()
        .catch(throwUnavailable);
      if (!row || row.user_entity_ref === null) return undefined;
      return {
        ...requestOf(row),
        userEntityRef: row.user_entity_ref,
        isExpired: Number(row.code_expires_at) <= clock(),
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
