/** A reverse proxy before a portal: it may serve it under a path, which it takes off, and add headers to its answers. */
import { once } from 'node:events';
import { createServer, request as send, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PrefixProxy {
  /** As browsers know the portal, for example `http://localhost:40123/portal`. */
  url: string;
  /** Says where the portal listens. Before, every request is refused. */
  serve(target: string): void;
  stop(): void;
}

/** @param options - `prefix`: for example `/portal`. `headersOf`: what to add to the answer of a path. Default: nothing. */
export async function startPrefixProxy(
  options: { prefix?: string; headersOf?(path: string): OutgoingHttpHeaders } = {},
): Promise<PrefixProxy> {
  const { prefix = '', headersOf = () => ({}) } = options;
  let target: URL | undefined;
  const server = createServer((request, response) => {
    const { url = '/', method, headers } = request;
    // The prefix itself, with a query perhaps, is its first page.
    const path = url.slice(prefix.length).replace(/^(?!\/)/, '/');
    const isBelow = url.startsWith(prefix) && /^[/?]|^$/.test(url.slice(prefix.length));
    if (!target || !isBelow) return void response.writeHead(502).end('not the portal');
    const { hostname, port } = target;
    const onward = send({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...headersOf(path) });
      answer.pipe(response);
    });
    request.pipe(onward.on('error', () => response.destroy()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${prefix}`,
    serve: (listening) => (target = new URL(listening)),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
