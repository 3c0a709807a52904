/** Failure scenarios: what an endpoint does instead of answering as it should. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The endpoints that can fail and are counted. @public */
export type DevIdpEndpoint = 'discovery' | 'jwks' | 'authorization' | 'token' | 'userinfo' | 'revocation';

/**
 * One way to fail. A function may answer itself, or call `passOn` to let the provider answer.
 *
 * - `hang`: accepts the request and never answers. `stalled`: headers and half a body, then nothing.
 * - `trickle`: a body that comes byte by byte and does not end. `slow`: the right answer after 250 ms.
 * - `reset`: the connection is cut. `truncated`: cut in the middle of the body.
 * - `500`, `503`, `429`: that status with a JSON error. `html`: 200 with a page. `garbage`: 200, JSON by its type only.
 * - `empty`: 200 without a body. `null`: the JSON `null`. `oversized`: 200 with 4 MB of JSON.
 * - `redirect`: 302 to another path. `invalid_grant`, `invalid_client`, `access_denied`: that OAuth error, 400 or 401.
 *
 * @public
 */
export type DevIdpFault =
  keyof typeof faults | ((request: IncomingMessage, response: ServerResponse, passOn: () => void) => void);

/** The faults in force, by endpoint. @public */
export type DevIdpScenario = Partial<Record<DevIdpEndpoint, DevIdpFault>>;

/** Requests that wait at an endpoint. @public */
export interface HeldRequests {
  /** Resolves when the first request has arrived. */
  readonly arrived: Promise<void>;
  /** How many wait. */
  waiting(): number;
  /** Lets those that wait, and all later ones, pass. */
  release(): void;
}

type Fault = (request: IncomingMessage, response: ServerResponse, passOn: () => void) => void;

const faults = {
  hang: () => undefined,
  stalled(_request, response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"issuer":');
  },
  trickle(_request, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  },
  slow(_request, response, passOn) {
    const timer = setTimeout(passOn, 250);
    response.on('close', () => clearTimeout(timer));
  },
  reset: (request) => void request.socket.destroy(),
  truncated(request, response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"issuer":', () => request.socket.destroy());
  },
  '500': json(500, { error: 'server_error' }),
  '503': json(503, { error: 'temporarily_unavailable' }),
  '429': json(429, { error: 'slow_down' }),
  html: text(200, 'text/html', '<!doctype html><title>Maintenance</title><p>Back soon.'),
  garbage: text(200, 'application/json', '{"access_token": "abc", '),
  empty: text(200, 'application/json', ''),
  null: text(200, 'application/json', 'null'),
  oversized: (_request, response) =>
    text(
      200,
      'application/json',
      JSON.stringify({ padding: 'x'.repeat(4 * 1024 * 1024) }),
    )(_request, response),
  redirect(_request, response) {
    response.writeHead(302, { location: '/elsewhere' }).end();
  },
  invalid_grant: json(400, { error: 'invalid_grant', error_description: 'grant request is invalid' }),
  invalid_client: json(401, { error: 'invalid_client', error_description: 'client authentication failed' }),
  access_denied: json(400, { error: 'access_denied', error_description: 'access denied' }),
} satisfies Record<string, Fault>;

/** Applies the scenario to a request, or passes it on. */
export function applyFault(
  fault: DevIdpFault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  passOn: () => void,
): void {
  if (fault === undefined) return passOn();
  const apply: Fault = typeof fault === 'function' ? fault : faults[fault];
  apply(request, response, passOn);
}

/** A gate at which requests wait. */
export function createGate(): HeldRequests & { pass(passOn: () => void): void } {
  const queue: (() => void)[] = [];
  let open = false;
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return {
    arrived,
    waiting: () => queue.length,
    release() {
      open = true;
      for (const passOn of queue.splice(0)) passOn();
    },
    pass(passOn) {
      if (open) return passOn();
      queue.push(passOn);
      arrive();
    },
  };
}

function json(status: number, body: object) {
  return text(status, 'application/json', JSON.stringify(body));
}

function text(status: number, contentType: string, body: string) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  };
}
