/**
 * The routes that every plugin has beside its own:
 *
 * - `GET /.backstage/auth/v1/jwks.json` gives the public keys of the plugin's service tokens, also while it starts, since
 *   other plugins verify calls with them.
 * - `GET /.backstage/auth/v1/cookie` puts the caller's limited user token into the cookie `backstage-auth`, for requests
 *   that cannot carry a header; `DELETE` takes it away.
 */
import type { ServerResponse } from 'node:http';
import type { AuthService, HttpAuthService } from '@vestibule/backend-plugin-api';
import { sendJson } from './sendJson.ts';

const keysPath = '/.backstage/auth/v1/jwks.json';
const cookiePath = '/.backstage/auth/v1/cookie';

/** Answers a request for the keys; `false` where it asks for something else. */
export async function answerKeys(
  method: string | undefined,
  path: string,
  response: ServerResponse,
  auth: AuthService,
): Promise<boolean> {
  if (path !== keysPath || (method !== 'GET' && method !== 'HEAD')) return false;
  sendJson(response, await auth.listPublicServiceKeys());
  return true;
}

/** Answers a request for the cookie; `false` where it asks for something else. Credentials have been checked before. */
export async function answerCookie(
  method: string | undefined,
  path: string,
  response: ServerResponse,
  auth: AuthService,
  httpAuth: HttpAuthService,
): Promise<boolean> {
  if (path !== cookiePath) return false;
  if (method === 'GET' || method === 'HEAD') {
    const { expiresAt } = await httpAuth.issueUserCookie(response);
    response.setHeader('Cache-Control', 'no-store');
    sendJson(response, { expiresAt: expiresAt.toISOString() });
    return true;
  }
  if (method !== 'DELETE') return false;
  // A cookie for nobody: the one there is cleared.
  await httpAuth.issueUserCookie(response, { credentials: await auth.getNoneCredentials() });
  response.statusCode = 204;
  response.end();
  return true;
}
