/**
 * The OpenAPI 3.1 document, composed of the tables of routes from which requests are served and of what there is to say of
 * each. Loaded with the first request for it.
 */
import type { ApiDescription, ApiOperation, ApiRoute, ApiRoutes } from '@vestibule/plugin-auth-node';
import { AuthApiError } from '../errors.ts';
import { errorSchema, hostResponses, refusalResponses, type WireCode } from './refusals.ts';

/** Of the routes, not of the packages: docs/reference/api.md says what changes it. */
const version = '1.1.0';

const info = {
  title: 'Vestibule',
  version,
  summary: 'Sign-in for modular backends',
  description: [
    'The routes of the plugin `auth`, of its modules and of its pages. Paths know no letter case.',
    'A route with `GET` answers `HEAD` alike, without the body, unless it is listed with a `HEAD` of its own.',
    'A path or method that a provider does not have is refused with 404 and `ERR_AUTH_PROVIDER_UNKNOWN`.',
  ].join('\n\n'),
  license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
};

interface Described {
  readonly group: ApiRoutes;
  readonly description: ApiDescription;
}

/**
 * Makes the document.
 *
 * @param options - `server`: the address of the plugin. `groups`: the plugin's own routes last, as they are asked last.
 * @throws AuthApiError `ERR_AUTH_API_UNDESCRIBED`.
 */
export async function openApiDocument(options: { server: string; groups: readonly ApiRoutes[] }) {
  const described = await Promise.all(
    options.groups.map(async (group) => ({ group, description: await group.describe() })),
  );
  const all = <T>(part: (description: ApiDescription) => Readonly<Record<string, T>> | undefined) =>
    Object.assign({}, ...described.map(({ description }) => part(description)).reverse()) as Record<
      string,
      T
    >;
  const codes = all<WireCode>(({ codes = {} }) => codes);
  const paths = pathsOf(described, codes);
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: options.server }],
    tags: Object.entries(all(({ tags }) => tags)).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1))),
    components: {
      schemas: { Error: errorSchema, ...all(({ schemas }) => schemas) },
      responses: hostResponses,
      securitySchemes: all(({ securitySchemes }) => securitySchemes),
    },
  };
}

function pathsOf(described: readonly Described[], codes: Readonly<Record<string, WireCode>>) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { group, description } of described) {
    for (const route of group.routes) {
      const operation = operationOf(route, description);
      const item = (paths[route.path] ??= {
        ...(group.server !== undefined && { servers: [{ url: group.server }] }),
      });
      for (const method of route.methods) {
        if (method !== 'HEAD') item[method.toLowerCase()] ??= render(operation, nameOf(route, method), codes);
      }
      if (route.methods.includes('GET') && !route.methods.includes('HEAD'))
        item['head'] ??= refusedHead(route, operation);
    }
  }
  return paths;
}

function operationOf({ operationId, path }: ApiRoute, { operations }: ApiDescription): ApiOperation {
  // A module may be written without types.
  const operation = (operations as Partial<Record<string, ApiOperation>>)[operationId];
  if (operation) return operation;
  throw new AuthApiError(
    'ERR_AUTH_API_UNDESCRIBED',
    `The route ${path} of a module has no description: 'operations' has no '${operationId}'`,
  );
}

/** Two methods of one route are two operations, and no two have one name. */
function nameOf({ operationId, methods }: ApiRoute, method: string): string {
  if (method === methods[0]) return operationId;
  return `${operationId}By${method.charAt(0)}${method.slice(1).toLowerCase()}`;
}

function render(
  { refusals, refusesWithPage, responses, ...rest }: ApiOperation,
  operationId: string,
  codes: Readonly<Record<string, WireCode>>,
): object {
  return {
    operationId,
    ...rest,
    responses: {
      ...responses,
      ...refusalResponses(
        { ...(refusals && { refusals }), ...(refusesWithPage && { refusesWithPage }) },
        codes,
      ),
      429: { $ref: '#/components/responses/TooManyRequests' },
      default: { $ref: '#/components/responses/Refused' },
    },
  };
}

/** As a GET, it would spend or begin something. */
function refusedHead(route: ApiRoute, { tags, parameters }: ApiOperation): object {
  const inPath = parameters?.filter((one) => 'in' in one && one.in === 'path');
  return {
    operationId: nameOf(route, 'HEAD'),
    tags,
    summary: 'Refused: use GET',
    ...(inPath && inPath.length > 0 && { parameters: inPath }),
    security: [],
    responses: {
      405: {
        description: '`ERR_AUTH_METHOD_NOT_ALLOWED`; the answer to a HEAD has no body.',
        headers: { Allow: { required: true, schema: { type: 'string' } } },
      },
      429: { $ref: '#/components/responses/TooManyRequests' },
    },
  };
}
