/**
 * The connections: kept alive, bounded for each origin, through the proxy that the environment names. undici reads
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` itself; Node reads `NODE_EXTRA_CA_CERTS`. Addresses of this machine never go
 * through a proxy: a proxy's loopback is another machine.
 */
import { isLoopback } from '@vestibule/backend-plugin-api';
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { AddressGuard } from './addressGuard.ts';
import { OutboundError } from './errors.ts';

/** As CommonJS exports it, which in a bundle is the default alone. */
type Undici = typeof import('undici');

/** Opens connections when they are needed. */
export interface Connections {
  /**
   * @throws OutboundError `ERR_OUTBOUND_NETWORK` when the environment names a proxy that is not a URL.
   */
  for(url: URL): Promise<Dispatcher>;
  /** Cuts all connections; calls on them fail. */
  close(): Promise<void>;
}

export function createConnections(limits: {
  timeoutMilliseconds: number;
  maxBodyBytes: number;
  maxConnectionsPerOrigin: number;
  /** Judges the address of each direct connection. */
  guard?: AddressGuard | undefined;
}): Connections {
  const timeouts = {
    headersTimeout: limits.timeoutMilliseconds,
    bodyTimeout: limits.timeoutMilliseconds,
  };
  const options = {
    ...timeouts,
    connect: {
      timeout: limits.timeoutMilliseconds,
      ...(limits.guard && { lookup: limits.guard.lookup }),
    },
    connections: limits.maxConnectionsPerOrigin,
    maxResponseSize: limits.maxBodyBytes,
    pipelining: 1,
  };
  let direct: Agent | undefined;
  let outside: EnvHttpProxyAgent | undefined;

  return {
    async for(url) {
      const open = isLoopback(url) ? direct : outside;
      if (open) return open;
      // A tenth of a second to load, which a start-up without calls need not spend.
      const { default: undici } = (await import('undici')) as unknown as { default: Undici };
      if (isLoopback(url)) return (direct ??= new undici.Agent(options));
      return (outside ??= openOutside(undici));
    },
    async close() {
      const open = [direct, outside];
      direct = undefined;
      outside = undefined;
      await Promise.all(open.map(async (agent) => agent?.destroy()));
    },
  };

  function openOutside(undici: Undici): EnvHttpProxyAgent {
    try {
      return new undici.EnvHttpProxyAgent({
        ...options,
        // The connection to the proxy itself has limits of its own.
        clientFactory: (origin, given) => new undici.Pool(origin, { ...given, ...timeouts }),
      });
    } catch {
      // The cause would quote the address, which may hold a password.
      throw new OutboundError('ERR_OUTBOUND_NETWORK', 'HTTPS_PROXY or HTTP_PROXY is not the URL of a proxy', {
        hint: 'Give it as http://host:port, or leave it unset.',
      });
    }
  }
}
