/** `GET /v1/userinfo`: what the bearer of a user token, full or limited, owns. */
import { AuthenticationError, InputError, NotFoundError } from '@vestibule/backend-plugin-api';
import { decodeProtectedHeader } from 'jose';
import type { Context } from 'koa';
import type { Surroundings } from './surroundings.ts';

export async function userinfo(ctx: Context, { tokens, userInfo }: Surroundings): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const [, token] = /^Bearer +(\S+)$/i.exec(ctx.get('authorization')) ?? [];
  if (!token) throw new AuthenticationError('ERR_CREDENTIALS_MISSING', 'No token provided');
  const type = typeOf(token);
  if (type === 'vnd.backstage.plugin') {
    throw new InputError('ERR_PRINCIPAL_NOT_ALLOWED', "Userinfo is for users; this token is a service's");
  }
  const user = await tokens.verify(token);
  if (!user) {
    throw new AuthenticationError(
      'ERR_TOKEN_INVALID',
      type === undefined ? 'Illegal token' : 'Failed user token verification',
    );
  }
  const claims = await userInfo.read(user.sub);
  if (!claims) throw new NotFoundError('ERR_USER_INFO_MISSING', 'User info not found');
  ctx.body = { claims };
}

function typeOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).typ;
  } catch {
    return undefined;
  }
}
