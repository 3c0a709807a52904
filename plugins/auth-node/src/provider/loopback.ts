/** Which addresses may be spoken to without TLS. */

/**
 * Whether a URL is https, or plain http to this machine itself: `localhost`, names under it (RFC 6761 section 6.3),
 * 127.0.0.0/8 and `::1`. Holds in production too: nobody else is on that wire.
 *
 * @public
 */
export function isHttpsOrLoopback(url: URL): boolean {
  if (url.protocol === 'https:') return true;
  if (url.protocol !== 'http:') return false;
  const host = url.hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    // The URL parser has already turned every other spelling of an IPv4 address into four decimal numbers.
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host) ||
    host === '[::1]'
  );
}
