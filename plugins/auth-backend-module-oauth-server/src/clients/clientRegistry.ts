/** The clients of the OAuth server: those that the operator names, that have a metadata document, or registered themselves. */
import { deadlineOf, type ClockService, type LoggerService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { RefusalError, withinBudget } from '@vestibule/plugin-auth-node';
import { parseClientRegistration } from './clientRegistration.ts';
import type { OAuthClients } from './clients.ts';
import type { DocumentHttp } from './documentHttp.ts';
import { createClientMetadataDocuments } from './clientMetadataDocuments.ts';
import { OAuthError } from '../oauthError.ts';
import { createRegisteredClients, type RegisteredClient } from './registeredClients.ts';
import type { OAuthServerSettings } from '../settings.ts';
import { createStaticClients } from './staticClients.ts';
import { parseUrlPattern, type UrlPattern } from './urlPattern.ts';

/** @see createClientRegistry */
export interface ClientRegistry extends OAuthClients {
  /**
   * Registers a client (RFC 7591 section 3) from the JSON document that it sent.
   *
   * @throws OAuthError `invalid_redirect_uri`, `invalid_client_metadata`; `access_denied` while registration is off.
   */
  register(document: unknown): Promise<RegisteredClient>;
  /** Notes that somebody approved a request of this client: one that registered itself is kept from then on. */
  markUsed(clientId: string): Promise<void>;
}

export function createClientRegistry(options: {
  settings: OAuthServerSettings;
  database: Knex;
  clock: ClockService;
  baseUrl: string;
  /** Made by `createDocumentHttp()`, closed by its maker. */
  http: DocumentHttp;
  isDevelopment: boolean;
  logger: LoggerService;
}): ClientRegistry {
  const { settings, database, clock, logger } = options;
  const named = createStaticClients(settings.staticClients);
  const registration = settings.registration && {
    redirectUriPatterns: readPatterns(
      'auth.experimentalDynamicClientRegistration.allowedRedirectUriPatterns',
      settings.registration.redirectUriPatterns,
      logger,
    ),
    grantTypes: ['authorization_code', ...(settings.refreshTokens ? ['refresh_token'] : [])],
  };
  const registered =
    registration &&
    createRegisteredClients({ database, clock, redirectUriPatterns: registration.redirectUriPatterns });
  const documents =
    settings.clientMetadataDocuments &&
    createClientMetadataDocuments({
      ...options,
      clientIdPatterns: readPatterns(
        'auth.clientIdMetadataDocuments.allowedClientIdPatterns',
        settings.clientMetadataDocuments.clientIdPatterns,
        logger,
      ),
      redirectUriPatterns: readPatterns(
        'auth.clientIdMetadataDocuments.allowedRedirectUriPatterns',
        settings.clientMetadataDocuments.redirectUriPatterns,
        logger,
      ),
    });

  return {
    async find(clientId, { signal }) {
      const client = named.find(clientId);
      if (client) return client;
      // A fetch is shared with others and goes on without this caller.
      const finding = documents && withinSignal(signal, documents.find(clientId));
      return (await finding) ?? registered?.find(clientId);
    },
    async authenticate(credentials) {
      const { clientId, method } = credentials;
      if (named.find(clientId)) {
        const client = named.authenticate(credentials);
        if (client) return client;
      } else if (documents?.isAllowed(clientId)) {
        if (method === 'none') return { id: clientId };
      } else {
        const client = await registered?.authenticate(credentials);
        if (client) return client;
      }
      throw new OAuthError('invalid_client', 'Invalid client credentials');
    },
    async register(document) {
      if (!registration || !registered) {
        throw new OAuthError('access_denied', 'Clients cannot register themselves here');
      }
      return registered.add(parseClientRegistration(document, registration));
    },
    async markUsed(clientId) {
      await registered?.markUsed(clientId);
    },
  };
}

async function withinSignal<T>(signal: AbortSignal, act: Promise<T>): Promise<T> {
  try {
    return await withinBudget(deadlineOf(signal), act);
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    throw new OAuthError('temporarily_unavailable', 'The metadata document of this client takes too long');
  }
}

/** The patterns of a key; the schema of the config has refused those that cannot be read. */
function readPatterns(key: string, texts: readonly string[], logger: LoggerService): UrlPattern[] {
  return texts.flatMap((text) => {
    const pattern = parseUrlPattern(text);
    if ('problem' in pattern) return [];
    if (pattern.isWide) {
      logger.warn(`${key}: '${text}' also lets in addresses that belong to anybody; name the hosts you mean`);
    }
    return [pattern];
  });
}
