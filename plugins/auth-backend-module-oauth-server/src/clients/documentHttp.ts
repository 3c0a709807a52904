/** The clients of outbound calls that fetch metadata documents: small answers, from where they may be fetched. */
import { createOutboundHttp, type OutboundHttp, type ResolveHost } from '@vestibule/outbound-http';

const maximumBytes = 64 * 1024;
const timeoutMilliseconds = 10_000;
const maxConnectionsPerOrigin = 4;

/** @see createDocumentHttp */
export interface DocumentHttp {
  /** Reaches public addresses only: for ids that a client chose. */
  readonly publicOnly: Pick<OutboundHttp, 'request'>;
  /** Reaches any address: for ids that the operator wrote out. */
  readonly anywhere: Pick<OutboundHttp, 'request'>;
  close(): Promise<void>;
}

/** @param options - `resolve`: how names are looked up. Default: as the operating system does. */
export function createDocumentHttp(options: { resolve?: ResolveHost } = {}): DocumentHttp {
  const limits = {
    maxBodyBytes: maximumBytes,
    timeoutMilliseconds,
    maxConnectionsPerOrigin,
    repeatsUnanswered: false,
  };
  const publicOnly = createOutboundHttp({ ...options, ...limits, publicAddressesOnly: true });
  const anywhere = createOutboundHttp(limits);
  return {
    publicOnly,
    anywhere,
    async close() {
      await Promise.all([publicOnly.close(), anywhere.close()]);
    },
  };
}
