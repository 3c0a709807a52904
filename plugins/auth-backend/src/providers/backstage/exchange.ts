/**
 * A request and a response as the handlers of Backstage's provider modules expect them, apart from any web framework.
 *
 * The response is buffered: their redirects, cookies and bodies are judged before anything leaves (nothing is sent to
 * a target that was not matched).
 */
import { IncomingMessage, ServerResponse } from 'node:http';

/** What a handler answered. */
export interface ModuleResponse {
  readonly status: number;
  readonly location: string | undefined;
  /** Cookies that were set, by name; an empty value is a removal. */
  readonly cookies: ReadonlyMap<string, string>;
  readonly body: string;
  /** What the handler left in `request.session`. */
  readonly session: Readonly<Record<string, unknown>>;
  /** What the handler threw. Cookies it had set before count all the same: a rotated refresh token is among them. */
  readonly failure?: unknown;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The ends of answers under way. */
const ends = new WeakMap<ServerResponse, Promise<void>>();

/** Waits for the end of an answer that `runHosted` gave out: a handler may have returned long before, to go on in callbacks. */
export async function endOfAnswer(response: ServerResponse): Promise<void> {
  await ends.get(response);
}

/**
 * Runs a handler. Whether it ever ends is for the caller to watch.
 *
 * @param options - `request`: the real one, whose headers the handler sees. `query`, `cookies` and `session`: what
 *   stands in their place in it.
 */
export async function runModule(options: {
  handler: Handler;
  request: IncomingMessage;
  query: Readonly<Record<string, string>>;
  cookies: Readonly<Record<string, string>>;
  session?: Readonly<Record<string, unknown>>;
}): Promise<ModuleResponse> {
  const { handler, query, cookies } = options;
  const session = { ...options.session };
  const request = moduleRequest(options.request, { query, cookies, session });
  const response = new ServerResponse(request);
  let body = '';
  let isEnded = false;
  // As on a socket, nothing can be added to what has ended.
  const append = (chunk: unknown): void => {
    if (!isEnded && (typeof chunk === 'string' || Buffer.isBuffer(chunk))) body += chunk.toString();
  };
  // Node's own would turn what writeHead is given into bytes at once, unread.
  const set = (names: unknown, value?: unknown): ServerResponse => {
    for (const [name, each] of headersIn(names, value)) response.setHeader(name, each);
    return response;
  };
  const finished = new Promise<void>((resolve) => {
    const end = (chunk?: unknown): ServerResponse => {
      append(chunk);
      isEnded = true;
      resolve();
      return response;
    };
    Object.assign(response, {
      req: request,
      end,
      write(chunk: unknown) {
        append(chunk);
        return true;
      },
      status(code: number) {
        response.statusCode = code;
        return response;
      },
      writeHead(code: number, ...rest: readonly unknown[]) {
        response.statusCode = code;
        return set(rest.at(-1));
      },
      set,
      header: set,
      json(value: unknown) {
        response.setHeader('Content-Type', 'application/json');
        return end(JSON.stringify(value));
      },
      send: end,
      redirect(first: string | number, second?: string) {
        response.statusCode = typeof first === 'number' ? first : 302;
        response.setHeader('Location', typeof first === 'number' ? (second ?? '/') : first);
        return end();
      },
      cookie(name: string, value: string, { maxAge }: { maxAge?: number } = {}) {
        response.appendHeader('Set-Cookie', `${name}=${maxAge === 0 ? '' : encodeURIComponent(value)}`);
        return response;
      },
      clearCookie(name: string) {
        response.appendHeader('Set-Cookie', `${name}=`);
        return response;
      },
    });
  });
  Object.assign(request, { res: response });
  ends.set(response, finished);
  let failed: { failure?: unknown } = {};
  try {
    await handler(request, response);
    await finished;
  } catch (failure) {
    failed = { failure };
  }
  return {
    status: response.statusCode,
    location: response.getHeader('location')?.toString(),
    cookies: cookiesOf(response),
    body,
    session,
    ...failed,
  };
}

/** What a handler gives as headers: a name with its value, a mapping, or a flat list of both. */
function headersIn(names: unknown, value: unknown): [string, string | string[]][] {
  if (typeof names === 'string') return value === undefined ? [] : [[names, textOf(value)]];
  if (typeof names !== 'object' || names === null) return [];
  const list = Array.isArray(names)
    ? names.flatMap((name: unknown, at): [unknown, unknown][] => (at % 2 ? [] : [[name, names[at + 1]]]))
    : Object.entries(names);
  return list.map(([name, each]) => [String(name), textOf(each)]);
}

function textOf(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(String) : String(value);
}

function moduleRequest(
  original: IncomingMessage,
  parts: {
    query: Readonly<Record<string, string>>;
    cookies: Readonly<Record<string, string>>;
    session: Record<string, unknown>;
  },
): IncomingMessage {
  const request = new IncomingMessage(original.socket);
  const header = (name: string): string | undefined => {
    const key = name.toLowerCase();
    // Express treats the two spellings as one.
    const value = request.headers[key === 'referrer' ? 'referer' : key];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  request.method = original.method;
  request.headers = { ...original.headers, cookie: undefined };
  const search = new URLSearchParams(parts.query).toString();
  request.url = `${new URL(original.url ?? '/', 'http://localhost').pathname}${search === '' ? '' : `?${search}`}`;
  return Object.assign(request, { ...parts, body: {}, get: header, header });
}

/** The last value counts: handlers first remove a cookie's older kinds, then set it. */
function cookiesOf(response: ServerResponse): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const line of [response.getHeader('set-cookie') ?? []].flat()) {
    const [pair = ''] = String(line).split(';');
    const separator = pair.indexOf('=');
    cookies.set(pair.slice(0, separator), decoded(pair.slice(separator + 1)));
  }
  return cookies;
}

/** A value that is not percent-encoded stands for itself, as it does for Backstage's cookie parser. */
export function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
