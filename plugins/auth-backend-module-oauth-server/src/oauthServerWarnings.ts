/** What is said at every start of the settings of the OAuth server. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { OAuthServerBlocks } from './config.ts';
import type { OAuthServerSettings } from './settings.ts';

export function warnOfOAuthServer(
  logger: LoggerService,
  blocks: OAuthServerBlocks,
  settings: OAuthServerSettings | undefined,
): void {
  const {
    clientIdMetadataDocuments: documents,
    experimentalClientIdMetadataDocuments: documentsOfOld,
    experimentalRefreshToken: refresh,
  } = blocks;
  if (settings?.registration) {
    logger.warn(
      'auth.experimentalDynamicClientRegistration lets anybody register clients. It is deprecated, and the next release ' +
        'no longer has it: use auth.clientIdMetadataDocuments, or name clients in auth.staticClients',
    );
  }
  if (documents && documentsOfOld) {
    logger.warn(
      'auth.experimentalClientIdMetadataDocuments has no effect beside auth.clientIdMetadataDocuments',
    );
  }
  if (refresh?.enabled === true && !settings) {
    logger.warn(
      'auth.experimentalRefreshToken has no effect without auth.clientIdMetadataDocuments.enabled or auth.staticClients',
    );
  }
  if (settings?.refreshTokens?.checksCatalog === false) {
    logger.warn(
      'auth.experimentalRefreshToken.dangerouslyDisableCatalogPresenceCheck: ' +
        'who has left the catalog keeps getting tokens by refresh tokens',
    );
  }
}
