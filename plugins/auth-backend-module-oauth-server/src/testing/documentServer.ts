/** A server on loopback that publishes what clients say of themselves. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** @see startDocumentServer */
export interface DocumentServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** How often it was connected to. */
  connections: number;
  /** Method and path of each request. */
  readonly requests: string[];
  /** Answers from now on. */
  answer: RequestListener;
  /** A document of that path, which fits; `members` are merged over it. */
  documentAt(path: string, members?: object): object;
  /** Answers with `documentAt` of the path, whatever it is. */
  publish(members?: object, headers?: Record<string, string>): void;
}

export async function startDocumentServer(): Promise<DocumentServer> {
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    server.requests.push(`${request.method} ${request.url}`);
    server.answer(request, response);
  });
  http.on('connection', (socket) => {
    server.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('clientError', (_, socket) => void socket.destroy());
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const server: DocumentServer = {
    origin,
    port,
    connections: 0,
    requests: [],
    answer: (_, response) => response.writeHead(404).end(),
    documentAt: (path, members) => ({
      client_id: `${origin}${path}`,
      client_name: 'A client',
      redirect_uris: ['http://127.0.0.1:8055/callback'],
      token_endpoint_auth_method: 'none',
      ...members,
    }),
    publish(members, headers) {
      this.answer = (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(server.documentAt(request.url ?? '', members)));
      };
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return server;
}
