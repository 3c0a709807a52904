/** CatalogService over HTTP, against a Backstage catalog. */
import {
  statusOfError,
  systemClock,
  withDeadline,
  type AuthService,
  type ClockService,
  type Deadline,
  type DiscoveryService,
} from '@vestibule/backend-plugin-api';
import { stringifyEntityRef } from '@vestibule/catalog-model';
import type { OutboundHttp, OutboundResponse } from '@vestibule/outbound-http';
import {
  CatalogUnavailableError,
  type CatalogRequestOptions,
  type CatalogService,
} from '@vestibule/plugin-catalog-node';
import { readAskedRef } from '../query/askedRef.ts';
import { createAnswerCache } from './answerCache.ts';
import {
  isAbsence,
  readAskedEntity,
  readEntities,
  readEntitiesByRefs,
  readJson,
  readPage,
} from './answers.ts';
import {
  entitiesByQueryRequest,
  entitiesByRefsRequest,
  entitiesRequest,
  entityByNameRequest,
  type CatalogRequest,
} from './requests.ts';

const defaultTimeoutMilliseconds = 10_000;

// The bounds of Backstage's own client: the catalog's body parser takes 100 KB.
const maxRefsPerRequest = 1000;
const maxRefCharactersPerRequest = 90 * 1024;

/**
 * What `@backstage/catalog-client` and the fetch beneath it send, so that a catalog, its proxies and their logs see no
 * difference.
 */
const fixedHeaders = {
  accept: '*/*',
  'user-agent': 'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
  'accept-encoding': 'gzip,deflate',
};

/** Marks what asks over HTTP, so that nobody answers for it over HTTP again. */
const remote = Symbol.for('vestibule.remoteCatalog');

/** Whether a catalog asks another one over HTTP. */
export function isRemoteCatalog(catalog: CatalogService): boolean {
  return remote in catalog;
}

/** @public */
export interface CatalogClientOptions {
  /** Tells where the plugin `catalog` is reached. */
  discovery: DiscoveryService;
  /** Issues the tokens for it. */
  auth: AuthService;
  http: OutboundHttp;
  /** For one call of the service, with everything that it waits for. Default 10 s. */
  timeoutMilliseconds?: number;
  /** What time it is. Default: the system's clock. */
  clock?: ClockService;
}

/**
 * Creates the client.
 *
 * Answers to the backend's own questions (service credentials) are shared and kept for 5 s, those to users never.
 *
 * @public
 */
export function createCatalogClient(options: CatalogClientOptions): CatalogService {
  const {
    discovery,
    auth,
    http,
    timeoutMilliseconds = defaultTimeoutMilliseconds,
    clock = systemClock,
  } = options;
  const cache = createAnswerCache({
    clock,
    isKept: (response) => response.status === 200 || isAbsence(response),
  });

  const catalog: CatalogService = {
    async getEntityByRef(entityRef, caller) {
      const asked = readAskedRef(entityRef);
      const request = entityByNameRequest(asked);
      return within(caller, async (deadline) => {
        const response = await send(request, caller, deadline);
        return isAbsence(response) ? undefined : readAskedEntity(readJson(response, placeOf(request)), asked);
      });
    },

    async getEntities(given, caller) {
      const request = entitiesRequest(given ?? {});
      return within(caller, async (deadline) => {
        const response = await send(request, caller, deadline);
        return { items: readEntities(readJson(response, placeOf(request))) };
      });
    },

    async getEntitiesByRefs({ entityRefs, ...rest }, caller) {
      const refs = entityRefs.map((ref) => stringifyEntityRef(readAskedRef(ref)));
      const requests = chunksOf(refs).map((chunk) => ({
        chunk,
        request: entitiesByRefsRequest(chunk, rest),
      }));
      return within(caller, async (deadline) => {
        const items = [];
        for (const { chunk, request } of requests) {
          const response = await send(request, caller, deadline);
          items.push(...readEntitiesByRefs(readJson(response, placeOf(request)), chunk));
        }
        return { items };
      });
    },

    async queryEntities(given, caller) {
      const request = entitiesByQueryRequest(given ?? {});
      return within(caller, async (deadline) => {
        const response = await send(request, caller, deadline);
        return readPage(readJson(response, placeOf(request)));
      });
    },
  };
  return Object.defineProperty(catalog, remote, { value: true });

  async function within<T>(
    caller: CatalogRequestOptions,
    work: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const tooLate = (hint: string, cause?: unknown) =>
      new CatalogUnavailableError('The software catalog did not answer in time.', { hint, cause });
    const limits = {
      milliseconds: timeoutMilliseconds,
      late: () => tooLate(`The catalog gave no answer within ${timeoutMilliseconds} ms.`),
      signal: caller.signal,
      ended: (reason: unknown) => tooLate('The caller stopped waiting for the catalog.', reason),
    };
    return withDeadline(limits, async (deadline) => {
      try {
        return await work(deadline);
      } catch (cause) {
        throw catalogErrorOf(cause);
      }
    });
  }

  async function send(
    request: CatalogRequest,
    { credentials }: CatalogRequestOptions,
    deadline: Deadline,
  ): Promise<OutboundResponse> {
    const [baseUrl, { token }] = await Promise.all([
      discovery.getBaseUrl('catalog'),
      auth.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId: 'catalog' }),
    ]);
    const url = `${baseUrl}${request.path}`;
    const load = async (loadSignal: AbortSignal): Promise<OutboundResponse> =>
      http.request({
        url,
        method: request.method,
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
          ...fixedHeaders,
        },
        signal: loadSignal,
        ...(request.body !== undefined && { body: request.body }),
      });
    // Never for users: what one may see is decided by the catalog at each request.
    const isShared = request.method === 'GET' && token !== '' && auth.isPrincipal(credentials, 'service');
    return isShared ? cache.get(`${token} ${url}`, load, deadline) : load(deadline.signal);
  }
}

/** Whatever stood between us and an answer makes the catalog unavailable; what was wrong with the question stays. */
function catalogErrorOf(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && code.startsWith('ERR_CATALOG_')) return error;
  if (statusOfError(error) < 500) return error;
  return new CatalogUnavailableError('The software catalog is not available.', {
    hint: error instanceof Error ? error.message : 'The call failed.',
    cause: error,
  });
}

function chunksOf(refs: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let characters = 0;
  for (const ref of refs) {
    const last = chunks.at(-1);
    characters += ref.length + 3;
    if (last && last.length < maxRefsPerRequest && characters <= maxRefCharactersPerRequest) {
      last.push(ref);
    } else {
      chunks.push([ref]);
      characters = ref.length + 3;
    }
  }
  return chunks;
}

/** Without the query, which may hold an e-mail address. */
function placeOf({ method, path }: CatalogRequest): string {
  return `${method} ${path.split('?')[0]} of the catalog`;
}
