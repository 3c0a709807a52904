/**
 * What is this machine itself: the one definition, for addresses as text. A name that merely resolves to such an address is
 * none, since who answers for the name may change its mind.
 */

/** Whose traffic never leaves the machine (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). @public */
export const loopbackSubnets: readonly string[] = ['127.0.0.0/8', '::1/128'];

/**
 * Whether a URL's host is loopback: `localhost` and names under it (RFC 6761 section 6.3), 127.0.0.0/8, `::1`, and the
 * IPv4-mapped form of either. The parser of URLs has brought addresses into one spelling.
 *
 * @public
 */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '');
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(host) ||
    host === '[::1]' ||
    /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(host)
  );
}

/**
 * Whether a URL is https, or plain http to this machine itself. Holds in production too: nobody else is on that wire.
 *
 * @public
 */
export function isHttpsOrLoopback(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
