/**
 * The OAuth server: lets programs, such as command lines and MCP clients, act for a user who approves.
 *
 * A client asks (`authorizationRequest`, sealed by `authorizations`), the user decides on the consent page of the front end,
 * the client gets a code at the address it registered, and exchanges it for tokens (`tokenEndpoint`); with `offline_access`
 * for a family of refresh tokens as well (`grants`). What each step proves: the request, that the client may be answered
 * there; the decision, that this user wants it; the exchange, that the client is the one that asked.
 */
import type { AuthService, ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type { AuthUserInfoService, SealingService, TokenIssuerService } from '@vestibule/plugin-auth-node';
import type { Pages } from '@vestibule/plugin-auth-pages';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { Knex } from 'knex';
import type { ClientRegistry } from './clients/clientRegistry.ts';
import { createAuthorizations, type Authorizations } from './grants/authorizations.ts';
import type { Grants } from './grants/grants.ts';
import { createTokenEndpoint, type TokenEndpoint } from './grants/tokenEndpoint.ts';
import { createUserPresence } from './grants/userPresence.ts';
import { scopesOf, type OAuthServerSettings } from './settings.ts';

/** What the routes work with. */
export interface OAuthServer {
  readonly settings: OAuthServerSettings;
  /** What it calls itself: the address of the auth plugin, below which the routes are. */
  readonly issuer: string;
  /** The front end, which has the consent page. */
  readonly appUrl: string;
  readonly clients: ClientRegistry;
  readonly authorizations: Authorizations;
  readonly grants: Grants;
  readonly tokenEndpoint: TokenEndpoint;
  /** What can be granted. */
  readonly scopes: readonly string[];
  /** Verifies the token of whoever decides. */
  readonly tokens: Pick<TokenIssuerService, 'verify'>;
  readonly logger: LoggerService;
  /** What people see in a browser. */
  readonly pages: Pages;
}

export function createOAuthServer(options: {
  settings: OAuthServerSettings;
  issuer: string;
  appUrl: string;
  clients: ClientRegistry;
  grants: Grants;
  database: Knex;
  /** Seals what leaves the process; here requests. */
  sealing: SealingService;
  tokens: TokenIssuerService;
  userInfo: AuthUserInfoService;
  catalog: CatalogService;
  auth: AuthService;
  logger: LoggerService;
  clock: ClockService;
  pages: Pages;
}): OAuthServer {
  const { settings, issuer, appUrl, clients, grants, database, sealing, tokens, logger, clock } = options;
  const { refreshTokens } = settings;
  const authorizations = createAuthorizations({ database, clock, sealing });
  return {
    settings,
    issuer,
    appUrl,
    clients,
    authorizations,
    grants,
    tokenEndpoint: createTokenEndpoint({
      clients,
      authorizations,
      grants,
      refreshTokens,
      tokens,
      userInfo: options.userInfo,
      isInCatalog: createUserPresence(options),
      logger,
      clock,
    }),
    scopes: scopesOf(settings),
    tokens,
    logger,
    pages: options.pages,
  };
}
