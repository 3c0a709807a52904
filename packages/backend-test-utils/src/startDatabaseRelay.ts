/** Stands between a backend and its PostgreSQL server, and can be cut and mended. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestDatabase } from './testDatabases.ts';

/** A relay; `config` leads through it. @public */
export interface DatabaseRelay {
  config: TestDatabase['config'];
  /** Cuts every connection, and refuses new ones. */
  cut(): Promise<void>;
  /** Lets connections through again. */
  mend(): Promise<void>;
}

/**
 * Starts a relay to a database of {@link testDatabases}, one on a server. What is cut looks to a backend like a server that
 * went away.
 *
 * @example
 * ```ts
 * const relay = await startDatabaseRelay(database);
 * const started = await startTestBackend({ config: { backend: { database: relay.config } }, features });
 * await relay.cut();
 * ```
 * @public
 */
export async function startDatabaseRelay({ config }: TestDatabase): Promise<DatabaseRelay> {
  const target = new URL(typeof config.connection === 'string' ? config.connection : '');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(Number(target.port || 5432), target.hostname);
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => sockets.delete(one));
    }
    socket.pipe(onward).pipe(socket);
  });
  const listen = async (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const relayed = new URL(target);
  relayed.hostname = '127.0.0.1';
  relayed.port = String(port);
  return {
    config: Object.assign({}, config, { connection: relayed.href }),
    async cut() {
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: async () => listen(port),
  };
}
