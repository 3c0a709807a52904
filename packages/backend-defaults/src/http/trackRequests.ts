/** Knows which requests are being answered, so that a server can be drained: finish these, accept no more. */
import type { Server, ServerResponse } from 'node:http';

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
}

/** Begins to follow a server's requests. */
export function trackRequests(server: Server): RequestTracker {
  const open = new Set<ServerResponse>();
  let isDraining = false;
  const closed = new Promise<void>((resolve) => server.once('close', resolve));

  // Before any other listener, so that none can answer a request that is not counted yet.
  server.prependListener('request', (_request, response: ServerResponse) => {
    open.add(response);
    if (isDraining) response.setHeader('Connection', 'close');
    response.once('close', () => {
      open.delete(response);
      if (isDraining) server.closeIdleConnections();
    });
  });

  return {
    get isDraining() {
      return isDraining;
    },
    async drain(timeoutMilliseconds) {
      if (!server.listening && open.size === 0) return 0;
      isDraining = true;
      if (server.listening) server.close();
      // Their answers say that the connection ends with them; otherwise it would idle until its client lets go.
      for (const response of open) if (!response.headersSent) response.setHeader('Connection', 'close');

      let cut = 0;
      const timer = setTimeout(() => {
        cut = open.size;
        server.closeAllConnections();
      }, timeoutMilliseconds);
      await closed;
      clearTimeout(timer);
      return cut;
    },
  };
}
