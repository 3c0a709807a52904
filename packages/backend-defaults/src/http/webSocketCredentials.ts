/**
 * Who asks for a WebSocket: by a token in `Authorization: Bearer`, or in `Sec-WebSocket-Protocol`, the one header that a
 * page can set. Never by a cookie: no CORS rule holds for WebSockets, and browsers send cookies on any site's behalf.
 */
import type { IncomingMessage } from 'node:http';
import {
  AuthenticationError,
  type AuthService,
  type BackstageCredentials,
  type HttpRouterWebSocketContext,
} from '@vestibule/backend-plugin-api';
import { credentialsMissing } from '../auth/errors.ts';

/** Each costs a check of a signature. */
const maximumCandidates = 5;

/**
 * @returns The credentials of the first token that is good, and the subprotocol that it stood in, if any.
 * @throws AuthenticationError `ERR_CREDENTIALS_MISSING`, `ERR_TOKEN_INVALID`; what `authenticate` throws for a caller who is
 *   known and may not come here, or while it cannot tell.
 */
export async function webSocketCredentials(
  request: IncomingMessage,
  auth: AuthService,
): Promise<Pick<HttpRouterWebSocketContext, 'credentials' | 'authProtocol'>> {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const candidates = bearer === undefined ? protocols : [...protocols, bearer];
  if (candidates.length > maximumCandidates) {
    throw new AuthenticationError(
      'ERR_TOKEN_INVALID',
      `At most ${maximumCandidates} subprotocols and tokens are looked at`,
    );
  }
  const refusals: Error[] = [];
  for (const token of candidates) {
    try {
      const credentials: BackstageCredentials = await auth.authenticate(token);
      if (auth.isPrincipal(credentials, 'user') || auth.isPrincipal(credentials, 'service')) {
        return { credentials, ...(protocols.includes(token) && { authProtocol: token }) };
      }
    } catch (error) {
      refusals.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  // The subprotocols that are no tokens are refused as tokens; what says more than that counts.
  throw (
    refusals.find((error) => !(error instanceof AuthenticationError)) ?? refusals[0] ?? credentialsMissing()
  );
}
