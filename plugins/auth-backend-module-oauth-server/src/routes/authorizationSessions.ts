/**
 * `GET /v1/sessions/<handle>` and `POST …/approve`, `…/reject`: what the consent page shows, and what the user decides.
 *
 * The guard is the user's token in the Authorization header, which no other site can send: it must be one that a sign-in
 * gave. A limited token proves less, and one that a client holds would let the client approve for itself.
 */
import type { Context } from 'koa';
import { withBudget } from '@vestibule/plugin-auth-node';
import { answerUrl } from '../grants/authorizationRedirect.ts';
import type { AuthorizationRequest } from '../grants/authorizationRequest.ts';
import type { OAuthServer } from '../oauthServer.ts';
import { OAuthError } from '../oauthError.ts';
import { answerOAuth } from './oauthResponse.ts';

export async function showSession(ctx: Context, server: OAuthServer, handle: string): Promise<void> {
  await answerOAuth(ctx, server, async () => {
    const { clientId, clientName, scope, redirectUri } = await findRequest(server, handle);
    return { id: handle, clientId, clientName, scope, redirectUri };
  });
}

export async function approveSession(ctx: Context, server: OAuthServer, handle: string): Promise<void> {
  await answerOAuth(ctx, server, async () => {
    const user = await decidingUser(ctx, server);
    const request = await findRequest(server, handle);
    await server.clients.markUsed(request.clientId);
    const code = await server.authorizations.approve(handle, user);
    if (code === undefined) throw notPending();
    server.logger.info('OAuth server: a user approved a client', {
      client: request.clientId,
      user,
      scope: request.scope,
    });
    const { redirectUri, state } = request;
    return { redirectUrl: answerUrl(redirectUri, { code, state, issuer: server.issuer }) };
  });
}

export async function rejectSession(ctx: Context, server: OAuthServer, handle: string): Promise<void> {
  await answerOAuth(ctx, server, async () => {
    const user = await decidingUser(ctx, server);
    const { redirectUri, clientId, state } = await findRequest(server, handle);
    if (!(await server.authorizations.reject(handle))) throw notPending();
    server.logger.info('OAuth server: a user rejected a client', { client: clientId, user });
    return {
      redirectUrl: answerUrl(redirectUri, {
        error: 'access_denied',
        error_description: 'User denied the request',
        state,
        issuer: server.issuer,
      }),
    };
  });
}

/**
 * The request, if the client may still be answered there: it may have gone, or changed what it registered.
 *
 * @throws OAuthError `invalid_request`, and what `clients.find` throws.
 */
async function findRequest(
  { authorizations, clients }: OAuthServer,
  handle: string,
): Promise<AuthorizationRequest> {
  const request = await authorizations.findPending(handle);
  if (!request) throw notPending();
  const client = await withBudget(async ({ signal }) => clients.find(request.clientId, { signal }));
  if (!client?.isRedirectUriAllowed(request.redirectUri)) throw notPending();
  return request;
}

function notPending(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'There is no such request, or it has been decided, or has expired',
  );
}

/** @throws OAuthError `invalid_token`, `access_denied`. */
async function decidingUser(ctx: Context, { tokens }: OAuthServer): Promise<string> {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(ctx.get('authorization')) ?? [];
  const user = bearer === undefined ? undefined : await tokens.verify(bearer);
  if (!user) throw new OAuthError('invalid_token', 'A user must be signed in to decide');
  if (user.isLimited || user.clientId !== undefined) {
    throw new OAuthError(
      'access_denied',
      'Only a user who signed in can decide, with the token of that sign-in',
    );
  }
  return user.sub;
}
