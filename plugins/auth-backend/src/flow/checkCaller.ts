/** Who may call refresh and logout, which a browser could be made to call from anywhere (CSRF). */
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { Context } from 'koa';
import type { AllowedTargets } from './allowedTargets.ts';

/**
 * Makes sure that a call came from a script that our CORS rules let run, of every kind of provider: other sites can
 * neither set the header nor hide their origin.
 *
 * @throws `ERR_AUTH_REQUESTED_WITH_MISSING`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
 */
export function checkCaller(ctx: Context, { targets }: { targets: AllowedTargets }): void {
  if (ctx.get('x-requested-with') !== 'XMLHttpRequest')
    throw new RefusalError('ERR_AUTH_REQUESTED_WITH_MISSING');
  const origin = ctx.get('origin');
  if (origin !== '') targets.checkOrigin(origin);
  else if (ctx.get('sec-fetch-site') === 'cross-site') throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
}
