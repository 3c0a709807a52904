/**
 * The OAuth server: lets programs, such as command lines and MCP clients, act for a user who approves.
 *
 * A client asks (`authorizationRequest`, sealed by `authorizations`), the user decides on the consent page of the front end,
 * the client gets a code at the address it registered, and exchanges it for tokens (`issueTokens`); with `offline_access`
 * for a family of refresh tokens as well (`grants`). What each step proves: the request, that the client may be answered
 * there; the decision, that this user wants it; the exchange, that the client is the one that asked.
 */
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import type { AuthUserInfoService, SealingService, TokenIssuerService } from '@vestibule/plugin-auth-node';
import type { CatalogUsers } from '../policy/catalogUsers.ts';
import { createAuthorizations, type Authorizations } from './authorizations.ts';
import type { Grants } from './grants.ts';
import { createTokenIssuer, type TokenIssuer } from './issueTokens.ts';
import type { OpenClients } from './openClients.ts';
import type { OAuthServerSettings } from './settings.ts';

/** What the routes work with. */
export interface OAuthServer {
  readonly settings: OAuthServerSettings;
  readonly clients: OpenClients;
  readonly authorizations: Authorizations;
  readonly grants: Grants;
  readonly issuer: TokenIssuer;
  /** What can be granted. */
  readonly scopes: readonly string[];
}

export function createOAuthServer(options: {
  settings: OAuthServerSettings;
  clients: OpenClients;
  grants: Grants;
  database: Knex;
  /** Seals what leaves the process; here requests. */
  sealing: SealingService;
  tokens: TokenIssuerService;
  userInfo: AuthUserInfoService;
  users: CatalogUsers;
  logger: LoggerService;
  clock: ClockService;
}): OAuthServer {
  const { settings, clients, grants, database, sealing, tokens, userInfo, users, logger, clock } = options;
  const { refreshTokens } = settings;
  const authorizations = createAuthorizations({ database, clock, sealing });
  return {
    settings,
    clients,
    authorizations,
    grants,
    issuer: createTokenIssuer({
      clients,
      authorizations,
      grants,
      refreshTokens,
      tokens,
      userInfo,
      users,
      logger,
      clock,
    }),
    scopes: ['openid', ...(refreshTokens ? ['offline_access'] : [])],
  };
}
