/** Knows which requests are being answered, so that a server can be drained: finish these, accept no more. */
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The requests of one server. */
export interface RequestTracker {
  readonly isDraining: boolean;
  /**
   * Stops accepting, closes idle connections, and waits for the answers under way; when the time is over it cuts what is
   * left.
   *
   * @returns How many answers were cut.
   */
  drain(timeoutMilliseconds: number): Promise<number>;
  /** Follows a connection that has left HTTP. It may live as long as the server, so draining does not wait for it. */
  holdUpgraded(socket: Duplex): void;
  /** Ends those connections. */
  cutUpgraded(): void;
}

/** Begins to follow a server's requests. */
export function trackRequests(server: Server): RequestTracker {
  const open = new Set<ServerResponse>();
  const upgraded = new Set<Duplex>();
  let settleUpgradedOnly: (() => void) | undefined;
  const checkUpgradedOnly = (): void => {
    if (open.size === 0 && upgraded.size > 0) settleUpgradedOnly?.();
  };
  let isDraining = false;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));

  // Before any other listener, so that none can answer a request that is not counted yet.
  server.prependListener('request', (_request, response: ServerResponse) => {
    open.add(response);
    if (isDraining) response.setHeader('Connection', 'close');
    response.once('close', () => {
      open.delete(response);
      if (!isDraining) return;
      server.closeIdleConnections();
      checkUpgradedOnly();
    });
  });

  return {
    get isDraining() {
      return isDraining;
    },
    async drain(timeoutMilliseconds) {
      if (!server.listening && open.size === 0) {
        server.closeAllConnections();
        return 0;
      }
      isDraining = true;
      if (server.listening) server.close();
      // Their answers say that the connection ends with them; otherwise it would idle until its client lets go.
      for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close');

      let cut = 0;
      const timer = setTimeout(() => {
        cut = open.size;
        server.closeAllConnections();
      }, timeoutMilliseconds);
      // A server counts as closed only when those that left HTTP have ended, too.
      const upgradedOnly = new Promise<void>((resolve) => (settleUpgradedOnly = resolve));
      checkUpgradedOnly();
      await Promise.race([closed, upgradedOnly]);
      clearTimeout(timer);
      return cut;
    },
    holdUpgraded(socket) {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
    },
    cutUpgraded() {
      for (const socket of upgraded) socket.destroy();
    },
  };
}
