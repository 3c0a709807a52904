/**
 * Clients whose id is the URL of their description (draft-ietf-oauth-client-id-metadata-document). Everything a document
 * says is the client's own word; which ids may be used, and where a client may be redirected to, is the operator's.
 */
import { createExpiringMap, type ClockService, type LoggerService } from '@vestibule/backend-plugin-api';
import { cliClientDocument } from './cliClientDocument.ts';
import { parseClientDocument, type ClientDocument } from './clientDocument.ts';
import { parseClientIdUrl } from './clientIdUrl.ts';
import type { OAuthClient } from './clients.ts';
import type { DocumentHttp } from './documentHttp.ts';
import { createFetchBudget } from './fetchBudget.ts';
import { fetchDocument, shortestMilliseconds } from './fetchDocument.ts';
import { OAuthError } from '../oauthError.ts';
import { isRedirectUriPermitted, isSameLoopback } from './redirectUris.ts';
import type { UrlPattern } from './urlPattern.ts';

const maxEntries = 500;
/** How long a document is good for while a newer one cannot be fetched. */
const staleMilliseconds = 86_400_000;

/** What an id has. */
interface KnownDocument {
  readonly document: ClientDocument;
  /** When to ask again. */
  readonly until: number;
  readonly fetchedAt: number;
}

/** The documents. */
export interface ClientMetadataDocuments {
  /** Whether it is an id of this kind that may be used. Fetches nothing. */
  isAllowed(clientId: string): boolean;
  /**
   * The client; `undefined` where the id is none of this kind.
   *
   * @throws OAuthError `invalid_client`, `temporarily_unavailable`.
   */
  find(clientId: string): Promise<OAuthClient | undefined>;
}

export function createClientMetadataDocuments(options: {
  clientIdPatterns: readonly UrlPattern[];
  redirectUriPatterns: readonly UrlPattern[];
  baseUrl: string;
  http: DocumentHttp;
  isDevelopment: boolean;
  logger: LoggerService;
  clock: ClockService;
}): ClientMetadataDocuments {
  const { clientIdPatterns, redirectUriPatterns, baseUrl, http, isDevelopment, logger, clock } = options;
  const own = cliClientDocument(baseUrl);
  const budget = createFetchBudget(clock);
  // For as long as there is room: one that is too old to serve is still known.
  const documents = createExpiringMap<KnownDocument>({ clock, maxEntries });
  // Apart: anybody can make up ids that have no document, and those must drive none out.
  const faults = createExpiringMap<OAuthError>({ clock, maxEntries });
  const underWay = new Map<string, Promise<ClientDocument>>();

  function matching(url: URL): UrlPattern[] {
    return clientIdPatterns.filter((pattern) => pattern.matches(url));
  }

  /** What the operator wrote out is the operator's choice; `http` is only read in development, and of this machine. */
  function httpFor(url: URL): DocumentHttp['anywhere'] {
    const isTrusted = url.protocol === 'http:' || matching(url).some(({ isExact }) => isExact);
    return isTrusted ? http.anywhere : http.publicOnly;
  }

  /** A document that has outlived its time, and has to do. */
  function staleDocument(clientId: string): KnownDocument | undefined {
    const known = documents.get(clientId);
    return known && known.fetchedAt + staleMilliseconds > clock.now() ? known : undefined;
  }

  async function fetchAndRemember(clientId: string, url: URL): Promise<ClientDocument> {
    try {
      const { document: json, freshMilliseconds } = await fetchDocument(url, httpFor(url));
      const document = parseClientDocument(json, clientId);
      const now = clock.now();
      faults.delete(clientId);
      documents.set(clientId, { document, until: now + freshMilliseconds, fetchedAt: now }, Infinity);
      return document;
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      logger.warn(`OAuth server: no client at '${clientId}': ${error.message}`, error);
      // Without its cause, which is in the log now.
      const fault = new OAuthError(error.code, error.message);
      const stale = fault.code === 'temporarily_unavailable' ? staleDocument(clientId) : undefined;
      const until = clock.now() + shortestMilliseconds;
      if (!stale) {
        documents.delete(clientId);
        faults.set(clientId, fault, until);
        throw fault;
      }
      documents.set(clientId, { ...stale, until }, Infinity);
      return stale.document;
    }
  }

  /** From memory, from the fetch under way, or by a fetch. */
  async function documentOf(clientId: string, url: URL): Promise<ClientDocument> {
    const known = documents.get(clientId);
    if (known && known.until > clock.now()) return known.document;
    const refused = faults.get(clientId);
    if (refused) throw refused;
    const already = underWay.get(clientId);
    if (already) return already;
    // A client that is known has an account of its own, which ids that somebody makes up cannot use up.
    const account = known ? clientId : url.origin;
    const fetching = budget.spend(account, async () => fetchAndRemember(clientId, url));
    if (!fetching) {
      const stale = staleDocument(clientId);
      if (stale) return stale.document;
      throw new OAuthError('temporarily_unavailable', 'Too many metadata documents are being fetched');
    }
    const shared = fetching.finally(() => underWay.delete(clientId));
    underWay.set(clientId, shared);
    return shared;
  }

  function clientOf(clientId: string, { name, redirectUris }: ClientDocument): OAuthClient {
    return {
      id: clientId,
      name,
      authentication: 'none',
      isRedirectUriAllowed: (uri) =>
        isRedirectUriPermitted(uri, redirectUriPatterns) &&
        redirectUris.some((registered) => registered === uri || isSameLoopback(uri, registered)),
    };
  }

  return {
    isAllowed(clientId) {
      if (clientId === own.client_id) return true;
      const url = parseClientIdUrl(clientId, isDevelopment);
      return url !== undefined && matching(url).length > 0;
    },
    async find(clientId) {
      if (clientId === own.client_id) {
        return clientOf(clientId, { name: own.client_name, redirectUris: own.redirect_uris });
      }
      const url = parseClientIdUrl(clientId, isDevelopment);
      if (!url) return undefined;
      if (matching(url).length === 0) {
        throw new OAuthError('invalid_client', 'This client_id is not among those that are allowed here', {
          hint: 'No pattern of auth.clientIdMetadataDocuments.allowedClientIdPatterns matches it.',
        });
      }
      return clientOf(clientId, await documentOf(clientId, url));
    },
  };
}
