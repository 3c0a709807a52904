/**
 * The two grants of the token endpoint: a code (RFC 6749 section 4.1.3) and a refresh token (section 6).
 *
 * A client with a secret has proven who it is before. One that only names itself, or says nothing, is the one that the
 * code or token was given to, if that needs no proof, and then the verifier or the token has to do. Nothing is spent until
 * everything that can fail has succeeded: a client that is told to come back later finds its code or refresh token good.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type { AuthUserInfoService, TokenIssuerService } from '@vestibule/plugin-auth-node';
import type { Authorizations, AuthorizedCode } from './authorizations.ts';
import type { AuthenticatedClient, CallingClient, OAuthClients } from '../clients/clients.ts';
import type { Grant, Grants } from './grants.ts';
import { OAuthError } from '../oauthError.ts';
import type { OAuthServerSettings } from '../settings.ts';
import type { IsInCatalog } from './userPresence.ts';

const longestLoggedId = 200;

/** A successful answer (RFC 6749 section 5.1). */
export interface TokenAnswer {
  access_token: string;
  token_type: 'Bearer';
  /** What is left of the token's life, in seconds. */
  expires_in: number;
  /** The same token, whose audience the client is too; where `openid` was granted. */
  id_token?: string;
  scope: string;
  refresh_token?: string;
}

/** Gives tokens. */
export interface TokenEndpoint {
  /** @throws OAuthError `invalid_grant`, `invalid_client`, `temporarily_unavailable`. */
  redeemCode(request: {
    client: CallingClient | undefined;
    code: string;
    redirectUri: string;
    codeVerifier: string | undefined;
  }): Promise<TokenAnswer>;
  /** @throws OAuthError `invalid_grant`, `invalid_scope`, `invalid_client`, `temporarily_unavailable`. */
  refresh(request: {
    client: CallingClient | undefined;
    refreshToken: string;
    /** Absent: all that was granted. */
    scope: string | undefined;
    signal: AbortSignal;
  }): Promise<TokenAnswer>;
}

export function createTokenEndpoint(options: {
  clients: OAuthClients;
  authorizations: Authorizations;
  grants: Grants;
  refreshTokens: OAuthServerSettings['refreshTokens'];
  tokens: TokenIssuerService;
  userInfo: AuthUserInfoService;
  isInCatalog: IsInCatalog;
  logger: LoggerService;
  clock: ClockService;
}): TokenEndpoint {
  const { clients, authorizations, grants, refreshTokens, tokens, userInfo, isInCatalog, logger, clock } =
    options;

  async function issue(
    userEntityRef: string,
    client: { id: string; nonce?: string },
  ): Promise<Pick<TokenAnswer, 'access_token' | 'token_type' | 'expires_in'>> {
    // As of the user's last sign-in or refresh of a session: this is not one.
    const { ent } = (await userInfo.read(userEntityRef)) ?? { ent: [userEntityRef] };
    const { token, expiresAtEpochSeconds } = await tokens.issue({
      sub: userEntityRef,
      ent,
      additional: {},
      client,
    });
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: expiresAtEpochSeconds - Math.floor(clock.now() / 1000),
    };
  }

  let isNamelessNamed = false;

  /** @throws OAuthError `invalid_client` for one that has to prove who it is, and has not. */
  const prove = async ({ clientId }: { clientId: string }, caller: CallingClient | undefined) =>
    caller?.isProven ? caller : clients.authenticate({ clientId, method: 'none' });

  /** Once: whoever uses such a client uses it often. */
  function warnOfNameless(client: AuthenticatedClient): void {
    if (isNamelessNamed) return;
    isNamelessNamed = true;
    logger.warn(
      'OAuth server: a client names no client_id where it redeems a code; that is deprecated, and a later release refuses it',
      { client: client.id },
    );
  }

  /** What was given for it goes too (RFC 6749 section 4.1.2); of both callers, one may be a thief. */
  async function refuseReplay(
    { userEntityRef, clientId, grantId }: AuthorizedCode,
    caller: CallingClient | undefined,
  ): Promise<never> {
    if (grantId !== undefined) await grants.end(grantId);
    logger.warn('OAuth server: a code was used a second time; what it gave was taken back', {
      client: clientId,
      usedBy: nameForLog(caller),
      user: userEntityRef,
    });
    throw new OAuthError('invalid_grant', 'The code was used already');
  }

  async function refuseReuse(
    { id, clientId, userEntityRef }: Grant,
    caller: CallingClient | undefined,
  ): Promise<never> {
    await grants.end(id);
    logger.warn('OAuth server: a refresh token was used after it was replaced; its family has ended', {
      client: clientId,
      usedBy: nameForLog(caller),
      user: userEntityRef,
    });
    throw new OAuthError('invalid_grant', 'The refresh token is not valid');
  }

  /** Somebody who left must not keep coming in by a refresh token. */
  async function checkPresence({ id, clientId, userEntityRef }: Grant, signal: AbortSignal): Promise<void> {
    if (!refreshTokens?.checksCatalog) return;
    if (await isInCatalog(userEntityRef, signal)) return;
    await grants.end(id);
    logger.info('OAuth server: a grant has ended, since the catalog no longer has its user', {
      client: clientId,
      user: userEntityRef,
    });
    throw new OAuthError('invalid_grant', 'The user is no longer in the catalog');
  }

  return {
    async redeemCode({ client: caller, code, redirectUri, codeVerifier }) {
      const authorized = await authorizations.findCode(code);
      if (!authorized) throw new OAuthError('invalid_grant', 'The code is not valid');
      // Before anything else: whoever else has the code may well be another client.
      if (authorized.isRedeemed) return refuseReplay(authorized, caller);
      if (caller && authorized.clientId !== caller.id) {
        throw new OAuthError('invalid_grant', 'The code is not valid');
      }
      const client = await prove(authorized, caller);
      if (authorized.isExpired) throw new OAuthError('invalid_grant', 'The code has expired');
      if (authorized.redirectUri !== redirectUri) {
        throw new OAuthError('invalid_grant', 'The redirect_uri is not that of the request');
      }
      checkVerifier(authorized.codeChallenge, codeVerifier);

      const { userEntityRef, scope, nonce } = authorized;
      const issued = await issue(userEntityRef, { id: client.id, ...(nonce !== undefined && { nonce }) });
      const scopes = scope.split(' ');
      // Written first, so that whoever comes second finds what to take back.
      const given =
        refreshTokens && scopes.includes('offline_access')
          ? await grants.create({ clientId: client.id, userEntityRef, scope })
          : undefined;
      if (!(await authorizations.redeem(code, given?.grant.id))) {
        if (given) await grants.end(given.grant.id);
        const spent = await authorizations.findCode(code);
        if (!spent) throw new OAuthError('invalid_grant', 'The code is not valid');
        return refuseReplay(spent, caller);
      }
      if (given) await grants.makeRoomFor(given.grant);
      if (!caller) warnOfNameless(client);
      logger.info('OAuth server: a code became tokens', {
        client: client.id,
        user: userEntityRef,
        scope,
        refreshes: given !== undefined,
      });
      return {
        ...issued,
        ...(scopes.includes('openid') && { id_token: issued.access_token }),
        scope,
        ...(given && { refresh_token: given.refreshToken }),
      };
    },

    async refresh({ client: caller, refreshToken, scope, signal }) {
      const presented = await grants.find(refreshToken);
      if (presented.found === 'nothing') {
        throw new OAuthError('invalid_grant', 'The refresh token is not valid');
      }
      const { grant } = presented;
      if (presented.found === 'replaced') return refuseReuse(grant, caller);
      if (caller && grant.clientId !== caller.id) {
        logger.warn('OAuth server: a client presented the refresh token of another', {
          client: grant.clientId,
          usedBy: nameForLog(caller),
          user: grant.userEntityRef,
        });
        throw new OAuthError('invalid_grant', 'The refresh token is not valid');
      }
      const client = await prove(grant, caller);
      const narrowed = narrowScope(grant.scope, scope);
      await checkPresence(grant, signal);
      const issued = await issue(grant.userEntityRef, { id: client.id });
      const next = await grants.rotate(grant, refreshToken);
      if (next === undefined) return refuseReuse(grant, caller);
      return { ...issued, scope: narrowed, refresh_token: next };
    },
  };
}

/** For the log. Whoever has not proven an id can send any text of any length. */
function nameForLog(caller: CallingClient | undefined): string {
  if (!caller) return 'nobody who said so';
  return caller.isProven ? caller.id : `${caller.id.slice(0, longestLoggedId)} (by its own word)`;
}

/** @throws OAuthError `invalid_grant`. */
function checkVerifier(challenge: string | undefined, verifier: string | undefined): void {
  if (challenge === undefined) throw new OAuthError('invalid_grant', 'The request had no code_challenge');
  if (verifier === undefined) throw new OAuthError('invalid_grant', 'The code_verifier is missing');
  const made = createHash('sha256').update(verifier).digest('base64url');
  // RFC 7636 section 4.1.
  const isVerifier = /^[\w.~-]{43,128}$/.test(verifier);
  if (!isVerifier || !timingSafeEqual(Buffer.from(made), Buffer.from(challenge))) {
    throw new OAuthError('invalid_grant', 'The code_verifier is not that of the request');
  }
}

/** Less than what was granted may be asked for, and never more (RFC 6749 section 6). */
function narrowScope(granted: string, requested: string | undefined): string {
  if (requested === undefined) return granted;
  const all = granted.split(' ');
  const wanted = requested.split(' ').filter(Boolean);
  if (wanted.length === 0 || !wanted.every((scope) => all.includes(scope))) {
    throw new OAuthError('invalid_scope', 'The scope goes beyond what was granted');
  }
  return all.filter((scope) => wanted.includes(scope)).join(' ');
}
