/**
 * Calls to the outside, each with a deadline, a body limit and no redirects. Connections are kept alive and bounded.
 * Proxy: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; private CAs: `NODE_EXTRA_CA_CERTS`.
 */

/** One call. @public */
export interface OutboundRequest {
  url: string | URL;
  /** Default: `GET`. */
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Ends the call early, for example with the budget of the incoming request. */
  signal?: AbortSignal;
}

/** An answer, read to its end. Redirects arrive as they are: nobody follows them. @public */
export interface OutboundResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  text: string;
}

/** @public */
export interface OutboundHttp {
  /**
   * Makes a call and reads the answer.
   *
   * @throws OutboundError `ERR_OUTBOUND_NETWORK`, `ERR_OUTBOUND_TIMEOUT` or `ERR_OUTBOUND_TOO_LARGE`.
   */
  request(request: OutboundRequest): Promise<OutboundResponse>;
  /** The same as a WHATWG fetch, for libraries that take one. Throws what `request` throws. */
  readonly fetch: typeof globalThis.fetch;
  /** Closes idle connections; later calls open new ones. */
  close(): Promise<void>;
}

/** @public */
export interface OutboundHttpOptions {
  /** Default 10 s for each call. */
  timeoutMilliseconds?: number;
  /** Default 1 MB. */
  maxBodyBytes?: number;
  /** Calls under way at once to one origin; further ones wait. Default 32. */
  maxConnectionsPerOrigin?: number;
}
