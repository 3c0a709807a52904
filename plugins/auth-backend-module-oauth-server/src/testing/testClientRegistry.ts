/** The clients of an OAuth server without the server, on a database of the test. */
import type { ClockService, LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { mockServices } from '@vestibule/backend-test-utils';
import type { DocumentHttp } from '../clients/documentHttp.ts';
import { createClientRegistry, type ClientRegistry } from '../clients/clientRegistry.ts';
import type { OAuthServerBlocks } from '../config.ts';
import { readOAuthServerSettings } from '../settings.ts';

export function createTestClientRegistry(options: {
  /** Registration alone, unless told otherwise. */
  blocks?: OAuthServerBlocks;
  database: Knex;
  clock: ClockService;
  http: DocumentHttp;
  logger?: LoggerService;
}): ClientRegistry {
  const { blocks = { experimentalDynamicClientRegistration: { enabled: true } }, ...rest } = options;
  const settings = readOAuthServerSettings(blocks);
  if (!settings) throw new Error('nothing is on');
  return createClientRegistry({
    settings,
    baseUrl: 'https://portal.example/api/auth',
    isDevelopment: false,
    logger: mockServices.logger(),
    ...rest,
  });
}
