/** A listener that nobody outside of its container reaches. */
import { isLoopback, parseUrl } from '@vestibule/backend-plugin-api';
import type { ListenAddress } from './listen.ts';

/**
 * What is said of it; `undefined` where it can be reached.
 *
 * @param isContained - Whether this is a container; asked only where it matters.
 */
export function loopbackInContainer(
  { host, port }: ListenAddress,
  isContained: () => boolean,
): string | undefined {
  const url = parseUrl(`http://${host?.includes(':') ? `[${host}]` : (host ?? '')}/`);
  // Whoever lets the system choose a port waits for nobody from outside.
  if (host === undefined || port === 0 || !url || !isLoopback(url) || !isContained()) return undefined;
  return (
    `only this container reaches ${host}. Unless a proxy runs beside it there, write in the config: ` +
    `backend: { listen: '0.0.0.0:${port}' }`
  );
}
