/** Addresses of this machine itself. */

/**
 * Whether a URL's host is loopback: `localhost` and names under it (RFC 6761 section 6.3), 127.0.0.0/8, `::1`, and the
 * IPv4-mapped form of either.
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
