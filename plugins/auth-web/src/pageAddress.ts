/**
 * Where browsers reach the pages and the sign-in. A proxy may serve both under a path of its own, which `backend.baseUrl`
 * names; as with Backstage, the proxy takes that path off, so that it stands in addresses only and in no route.
 */
import { parseUrl } from '@vestibule/backend-plugin-api';

export interface PageAddress {
  readonly origin: string;
  /** The path before every path of the pages; empty, or for example `/portal`. */
  readonly basePath: string;
  /** The path of the auth plugin, for example `/portal/api/auth`. */
  readonly authPath: string;
}

/**
 * @param authUrl - External base URL of the auth plugin: pages and sign-in share its origin.
 * @param backendUrl - `backend.baseUrl`, where it is set.
 */
export function pageAddressOf(authUrl: string, backendUrl: string | undefined): PageAddress {
  const { origin, pathname } = new URL(authUrl);
  const backend = parseUrl(backendUrl ?? origin);
  return {
    origin,
    basePath: backend?.origin === origin ? withoutSlash(backend.pathname) : '',
    authPath: withoutSlash(pathname),
  };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
