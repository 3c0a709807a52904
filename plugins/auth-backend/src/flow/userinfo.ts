/** `GET /v1/userinfo`: what the user of a token owns. Full and limited user tokens, and those of plugins on their behalf. */
import { AuthenticationError, InputError, NotFoundError } from '@vestibule/backend-plugin-api';
import { decodeProtectedHeader } from 'jose';
import type { RouteContext } from '@vestibule/koa-handler';
import type { FlowContext } from './signInFlow.ts';

export async function userinfo(ctx: RouteContext, flow: FlowContext): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const [, token] = /^Bearer +(\S+)$/i.exec(ctx.get('authorization')) ?? [];
  if (!token) throw new AuthenticationError('ERR_CREDENTIALS_MISSING', 'No token provided');
  const claims = await flow.userInfo.read(await userOf(token, flow));
  if (!claims) throw new NotFoundError('ERR_USER_INFO_MISSING', 'User info not found');
  ctx.body = { claims };
}

async function userOf(token: string, { tokens, auth }: FlowContext): Promise<string> {
  const user = await tokens.verify(token);
  if (user) return user.sub;
  if (isOfUser(token)) throw new AuthenticationError('ERR_TOKEN_INVALID', 'Failed user token verification');
  const credentials = await auth.authenticate(token);
  if (auth.isPrincipal(credentials, 'user')) return credentials.principal.userEntityRef;
  throw new InputError('ERR_USER_INFO_USER_REQUIRED', "Userinfo is for users; this token is a service's");
}

/** As the token says: what our own keys did not make of it, no other will. */
function isOfUser(token: string): boolean {
  try {
    const { typ } = decodeProtectedHeader(token);
    return typ === 'vnd.backstage.user' || typ === 'vnd.backstage.limited-user';
  } catch {
    return false;
  }
}
