/** Servers on loopback for the tests beside this folder. */
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

export interface Listening {
  origin: string;
  port: number;
  close(): Promise<void>;
}

/** An HTTP server. */
export async function listen(
  handler: RequestListener,
  configure?: (server: Server) => void,
): Promise<Listening> {
  const server = createServer(handler);
  configure?.(server);
  return listening(server);
}

/** A server of bare connections. */
export async function listenTcp(onConnection: (socket: Socket) => void): Promise<Listening> {
  return listening(createTcpServer(onConnection));
}

async function listening(server: TcpServer): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
