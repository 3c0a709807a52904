/**
 * Sends requests as the OpenAPI document describes them, and holds the answers to it: status, headers, content type and
 * body. Objects may have no member that is not described, so that nothing is left out of the document.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { HttpBrowser, readPopup } from '@vestibule/backend-test-utils';

type Json = Readonly<Record<string, unknown>>;

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { required?: boolean; schema: Json }>>;
  readonly content?: Readonly<Record<string, { schema: Json }>>;
  readonly 'x-posted-message'?: Json;
  readonly 'x-body-may-be-absent'?: true;
}

/** An operation of the document. */
export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Json }>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** The document, as far as it is looked at. */
export interface ApiDocument {
  readonly servers: readonly { url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Response>>>>;
}

/** What is sent. */
export interface ApiRequest {
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>> | string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as a form where it is one. */
  body?: object | URLSearchParams;
  browser?: HttpBrowser;
}

/** What came back. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON. */
  readonly body: Record<string, unknown>;
}

/** An operation and where it is. */
export interface LocatedOperation {
  readonly method: string;
  readonly template: string;
  readonly server: string;
  readonly operation: Operation;
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];

/** The operations of a document. */
export function operationsOf({ paths, servers }: ApiDocument): LocatedOperation[] {
  return Object.entries(paths).flatMap(([template, item]) => {
    const own = item['servers'] as ApiDocument['servers'] | undefined;
    const server = (own ?? servers)[0]!.url;
    return methods
      .filter((method) => method in item)
      .map((method) => ({ method, template, server, operation: item[method] as Operation }));
  });
}

/** @param url - Where the backend listens, in place of the origin that the document names. */
export function createDocumentedApi(document: ApiDocument, url: string) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const components = closed(document.components);
  const operations = new Map(operationsOf(document).map((one) => [one.operation.operationId, one]));
  /** `operation status`, and below it the codes that came. */
  const met = new Map<string, Set<string>>();

  const validators = new Map<Json, ValidateFunction>();

  function requireValid(schema: Json, value: unknown, what: string): void {
    const validate = validators.get(schema) ?? ajv.compile({ ...(closed(schema) as object), components });
    validators.set(schema, validate);
    if (validate(value)) return;
    throw new Error(`${what}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }

  function located(operationId: string): LocatedOperation {
    const found = operations.get(operationId);
    if (!found) throw new Error(`the document has no operation '${operationId}'`);
    return found;
  }

  function addressOf(operationId: string, { path = {}, query = '' }: ApiRequest = {}): string {
    const { template, server } = located(operationId);
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
    const search = new URLSearchParams(query).toString();
    const base = `${url}${new URL(server).pathname.replace(/\/$/, '')}`;
    return `${base}${filled}${search === '' ? '' : `?${search}`}`;
  }

  function requireDescribedRequest({ operation }: LocatedOperation, { query = '', body }: ApiRequest): void {
    const { operationId, parameters = [], requestBody } = operation;
    const names = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const sent = [...new URLSearchParams(query).keys()];
    const unknown = sent.filter((name) => !names.includes(name));
    const missing = parameters.filter(
      (one) => one.in === 'query' && one.required && !sent.includes(one.name),
    );
    if (unknown.length + missing.length > 0) {
      throw new Error(`${operationId}: the query ${sent.join()} is not as described`);
    }
    if (body === undefined && requestBody === undefined) return;
    const type = body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json';
    const described = requestBody?.content[type];
    if (!described) throw new Error(`${operationId}: a body of ${type} is not described`);
    const value: unknown = body instanceof URLSearchParams ? Object.fromEntries(body) : body;
    requireValid(described.schema, value, `${operationId}: the body of the request`);
  }

  function requireDescribedAnswer(
    { operation, method }: LocatedOperation,
    status: string,
    answer: ApiAnswer,
  ): void {
    const where = `${operation.operationId} ${answer.status}`;
    const given = operation.responses[status];
    if (!given) throw new Error(`${where} is not described: ${answer.text}`);
    const response = given.$ref ? document.components['responses']![given.$ref.split('/').pop()!]! : given;
    for (const [name, { required, schema }] of Object.entries(response.headers ?? {})) {
      const value = answer.headers.get(name);
      if (value === null && required) throw new Error(`${where} has no ${name}`);
      const isNumber = schema['type'] === 'number';
      if (value !== null) requireValid(schema, isNumber ? Number(value) : value, `${where}: ${name}`);
    }
    const { content } = response;
    if (!content || method === 'head' || (answer.text === '' && response['x-body-may-be-absent'])) {
      if (answer.text !== '') throw new Error(`${where} has a body that is not described: ${answer.text}`);
      return;
    }
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    const described = content[type];
    if (!described) throw new Error(`${where} has the type '${type}', which is not described`);
    const value: unknown = type === 'application/json' ? JSON.parse(answer.text) : answer.text;
    requireValid(described.schema, value, where);
    const posted = response['x-posted-message'];
    if (posted) requireValid(posted, readPopup({ ...answer, setCookies: [] }), `${where}: what is posted`);
  }

  return {
    operations,
    met,
    addressOf,

    /**
     * Sends one request.
     *
     * @param expected - The status, or `default` with a status.
     * @throws Error where the answer is another, or is not as the document says.
     */
    async ask(
      operationId: string,
      expected: number | { default: number },
      request: ApiRequest = {},
    ): Promise<ApiAnswer> {
      const operation = located(operationId);
      const isDefault = typeof expected === 'object';
      const wanted = isDefault ? expected.default : expected;
      if (wanted < 400) requireDescribedRequest(operation, request);
      const { body, headers = {}, browser = new HttpBrowser() } = request;
      const isForm = body instanceof URLSearchParams;
      const {
        status,
        headers: found,
        text,
      } = await browser.send(addressOf(operationId, request), {
        method: operation.method.toUpperCase(),
        headers: {
          ...(body !== undefined && {
            'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
          }),
          ...headers,
        },
        ...(body !== undefined && { body: isForm ? body.toString() : JSON.stringify(body) }),
      });
      const isJson = found.get('content-type')?.startsWith('application/json') === true && text !== '';
      const answer: ApiAnswer = {
        status,
        headers: found,
        text,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
      if (status !== wanted) throw new Error(`${operationId} answered ${status}, not ${wanted}: ${text}`);
      requireDescribedAnswer(operation, isDefault ? 'default' : String(status), answer);
      const error = answer.body['error'] as { code?: string } | string | undefined;
      const code = typeof error === 'string' ? error : error?.code;
      const key = `${operationId} ${isDefault ? 'default' : status}`;
      met.set(key, (met.get(key) ?? new Set()).add(code ?? ''));
      return answer;
    },
  };
}

/** No object has a member that is not described. Of a whole that others narrow down, the whole alone is closed. */
function closed(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((one) => closed(one, isPart));
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, closed(one, isPart || key === 'allOf')]),
  );
  const isOpen = isPart || !('properties' in schema) || 'additionalProperties' in schema;
  return isOpen ? schema : { ...schema, additionalProperties: false };
}
