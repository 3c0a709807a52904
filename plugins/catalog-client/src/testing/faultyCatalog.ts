/**
 * A catalog with something wrong, to be run as a process of its own. It prints its port; the first part of a path says
 * what is wrong: `http://127.0.0.1:PORT/hang/entities`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const mallory = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name: 'mallory', namespace: 'default' },
  spec: { profile: { email: 'mallory@example.com' } },
  relations: [{ type: 'memberOf', targetRef: 'group:default/admins' }],
};

type Fault = (request: IncomingMessage, response: ServerResponse) => void;

const faults: Record<string, Fault> = {
  '503': sends(503, { error: { name: 'ServiceUnavailableError', message: 'starting' } }),
  '500': sends(500, 'oh'),
  '401': sends(401, { error: { name: 'AuthenticationError', message: 'Illegal token' } }),
  '403': sends(403, { error: { name: 'NotAllowedError', message: 'no' } }),
  '404': sends(404, { error: { name: 'NotFoundError', message: 'No entity' } }),
  '404-html': sends(404, '<html>', 'text/html; charset=utf-8'),
  '404-empty': (_request, response) => response.writeHead(404).end(),
  hang: () => undefined,
  stall: (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"apiVersion":');
  },
  reset: (request) => request.socket.destroy(),
  redirect: (_request, response) => response.writeHead(302, { location: '/wrong-entity/' }).end(),
  html: sends(200, '<html>', 'text/html'),
  'broken-json': sends(200, '{"kind":'),
  huge: sends(200, JSON.stringify({ ...mallory, filler: 'x'.repeat(2_000_000) })),
  'wrong-entity': sends(200, (request: IncomingMessage) => {
    if (request.url?.includes('/by-refs')) return { items: [mallory] };
    return request.url?.includes('/by-name') ? mallory : [mallory];
  }),
  null: sends(200, null),
  array: sends(200, []),
  object: sends(200, {}),
};

const server = createServer((request, response) => {
  const [, name = ''] = (request.url ?? '').split('/');
  const fault = faults[name] ?? sends(501, `no fault is called ${name}`);
  fault(request, response);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

function sends(status: number, body: unknown, contentType = 'application/json; charset=utf-8'): Fault {
  return (request, response) => {
    const value: unknown =
      typeof body === 'function' ? (body as (request: IncomingMessage) => unknown)(request) : body;
    response.writeHead(status, { 'content-type': contentType });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
}
