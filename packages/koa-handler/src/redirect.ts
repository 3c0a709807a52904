/** Redirects as Backstage makes them. */
import type { RouteContext } from './nodeRoutes.ts';

/**
 * Answers with a bare 302: no body, where Koa's own has one. The location goes out as it is given.
 *
 * @public
 */
export function redirect(
  ctx: Pick<RouteContext, 'status' | 'set' | 'body' | 'remove'>,
  location: string,
): void {
  ctx.status = 302;
  ctx.set('Location', location);
  ctx.set('Content-Length', '0');
  ctx.body = '';
  ctx.remove('Content-Type');
}
