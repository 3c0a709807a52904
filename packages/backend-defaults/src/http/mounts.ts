/** Which handler is asked for a path: the one whose mount is a prefix of it, and after it the fallback. */
import { ConflictError, type HttpHandler } from '@vestibule/backend-plugin-api';

/** A handler and where it is mounted. */
export interface Mount {
  /** Begins with a slash and does not end with one; empty for the fallback. */
  path: string;
  handler: HttpHandler;
}

/** The mounts of a backend. */
export interface Mounts {
  /** @throws ConflictError `ERR_HTTP_PATH_CONFLICT`. */
  add(path: string, handler: HttpHandler): void;
  /** The mount whose path is a prefix of this one, segment by segment. */
  find(path: string): Mount | undefined;
  fallback(): Mount | undefined;
}

/** Makes an empty table. */
export function createMounts(): Mounts {
  const byPath = new Map<string, Mount>();
  return {
    add(given, handler) {
      const path = `/${given.split('/').filter(Boolean).join('/')}`.replace(/\/$/, '');
      for (const other of byPath.keys()) {
        const isFallback = path === '' || other === '';
        const collides = isFallback
          ? path === other
          : `${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`);
        if (!collides) continue;
        throw new ConflictError(
          'ERR_HTTP_PATH_CONFLICT',
          `path '${path || '/'}' cannot be mounted: '${other || '/'}' is mounted already and ` +
            (path === other ? 'is the same' : 'one contains the other'),
        );
      }
      byPath.set(path, { path, handler });
    },
    find(path) {
      // One look-up for each segment, the shortest prefix first; no two mounts contain each other.
      for (let end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
        const mount = byPath.get(end < 0 ? path : path.slice(0, end));
        if (mount && mount.path !== '') return mount;
        if (end < 0) return undefined;
      }
    },
    fallback: () => byPath.get(''),
  };
}
