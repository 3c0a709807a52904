/** Which addresses may be spoken to without TLS. */
import { isLoopback } from '@vestibule/outbound-http';

/**
 * Whether a URL is https, or plain http to this machine itself: `localhost`, names under it (RFC 6761 section 6.3),
 * 127.0.0.0/8, `::1` and its mapped forms. Holds in production too: nobody else is on that wire.
 *
 * @public
 */
export function isHttpsOrLoopback(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isLoopback(url);
}
