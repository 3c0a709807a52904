/**
 * `POST /v1/offline-sessions/revoke`: another plugin, or a program that the operator lets call the backend, ends all refresh
 * tokens of one user, and the codes that would become some. There only where refresh tokens are on, with clients or without:
 * what earlier ones were given can still be ended. Answers and refusals are Backstage's, not those of OAuth.
 */
import { InputError, type AuditorService, type HttpAuthService } from '@vestibule/backend-plugin-api';
import { EntityRefError, parseEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';
import { readIdentityRef, RefusalError } from '@vestibule/plugin-auth-node';
import type { Context } from 'koa';
import type { Grants } from '../grants/grants.ts';
import { OAuthError } from '../oauthError.ts';
import { readFields } from './readBody.ts';

export async function revokeOfflineSessions(
  ctx: Context,
  { httpAuth, auditor }: { httpAuth: HttpAuthService; auditor: AuditorService },
  grants: Grants,
): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  await httpAuth.credentials(ctx.req, { allow: ['service'] });
  const userEntityRef = await readUser(ctx);
  const event = await auditor.createEvent({
    eventId: 'offline-sessions-revoke',
    severityLevel: 'high',
    request: ctx.req,
    meta: { userEntityRef },
  });
  try {
    const revokedCount = await grants.endAllOf(userEntityRef);
    await event.success({ meta: { revokedCount } });
    ctx.body = { revokedCount };
  } catch (error) {
    await event.fail({ error: error instanceof Error ? error : new Error(String(error)) });
    throw error instanceof OAuthError ? new RefusalError('ERR_AUTH_UNAVAILABLE', { cause: error }) : error;
  }
}

/**
 * The canonical reference of the user in the body; the kind may be left out.
 *
 * - `ERR_AUTH_USER_REF_INVALID`: The body names no user whose refresh tokens could be ended.
 */
async function readUser(ctx: Context): Promise<string> {
  try {
    const ref = (await readFields(ctx)).get('userEntityRef');
    if (!ref) throw refused("'userEntityRef' is missing");
    const parts = parseEntityRef(ref, { defaultKind: 'user' });
    const whole = stringifyEntityRef(parts);
    if (!whole.startsWith('user:')) throw refused("'userEntityRef' must refer to a user entity");
    // As it was issued. One that never is finds nothing.
    const read = readIdentityRef(`${parts.kind}:${parts.namespace}/${parts.name}`);
    return 'ref' in read ? read.ref : whole;
  } catch (error) {
    if (error instanceof EntityRefError || error instanceof OAuthError) throw refused(error.message, error);
    throw error;
  }
}

function refused(message: string, cause?: Error): InputError {
  return new InputError('ERR_AUTH_USER_REF_INVALID', message, cause && { cause });
}
