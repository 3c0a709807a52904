/**
 * A gate in front of the tests' PostgreSQL, which trusts everybody: it asks for a password as a server does that wants one in
 * clear text (PostgreSQL documentation, 54.2.1), and then hands the connection on.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const cleartextPassword = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]);

/** The gate. */
export interface PasswordGate {
  readonly port: number;
  /** What a new connection has to say. */
  password: string;
  /** Ends all connections, as a server does that starts anew. */
  drop(): void;
  close(): Promise<void>;
}

export async function startPasswordGate(server: { host: string; port: number }): Promise<PasswordGate> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const listener = createServer((client) => {
    void admit(hold(client)).catch(() => client.destroy());
  });

  async function admit(client: Socket): Promise<void> {
    const [startup] = (await once(client, 'data')) as [Buffer];
    client.write(cleartextPassword);
    const [answer] = (await once(client, 'data')) as [Buffer];
    // Its type and length come before it, and a zero after it.
    if (answer.subarray(5, -1).toString() !== gate.password) {
      const fields = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed\0\0');
      const length = Buffer.alloc(4);
      length.writeInt32BE(fields.length + 4);
      client.end(Buffer.concat([Buffer.from('E'), length, fields]));
      return;
    }
    const upstream = hold(connect(server));
    upstream.write(startup);
    client.pipe(upstream).pipe(client);
  }

  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const gate: PasswordGate = {
    port: (listener.address() as AddressInfo).port,
    password: '',
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      gate.drop();
      listener.close();
      await once(listener, 'close');
    },
  };
  return gate;
}
