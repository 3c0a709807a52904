/** Reads `backend.listen`. */

/** Where to listen. Without a host, the mode decides. */
export interface ListenAddress {
  host?: string;
  port: number;
}

const defaultPort = 7007;

/**
 * Reads a port, `port`, `:port`, `host:port`, `[::1]:port` or `{ host, port }`; `undefined` where it is none of them.
 * Port 0 lets the system choose.
 */
export function parseListen(value: unknown): ListenAddress | undefined {
  if (value === undefined) return { port: defaultPort };
  if (typeof value === 'number') return withPort(value);
  if (typeof value === 'string') {
    const [, host, port] = /^(?:(\[[^\]]*\]|[^:]*):)?(\d+)$/.exec(value.trim()) ?? [];
    return port === undefined ? undefined : withPort(port, host);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { host, port = defaultPort } = value as { host?: unknown; port?: unknown };
  if (host !== undefined && typeof host !== 'string') return undefined;
  return withPort(port, host);
}

function withPort(port: unknown, host?: string): ListenAddress | undefined {
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 65_535)
    return undefined;
  const bare = host?.replace(/^\[(.*)\]$/, '$1');
  return bare ? { host: bare, port: number } : { port: number };
}

/** The address to bind. Without a host: loopback, and in production all interfaces (no host in the answer). */
export function bindAddress(listen: ListenAddress, isProduction: boolean): ListenAddress {
  return listen.host === undefined && !isProduction ? { ...listen, host: '127.0.0.1' } : listen;
}

/** A host name for this machine: the unspecified addresses cannot be connected to everywhere. */
export function reachableHost(host: string | undefined): string {
  if (host === undefined || host === '::') return 'localhost';
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
