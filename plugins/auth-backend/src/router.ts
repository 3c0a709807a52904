/** The table of routes. Every one parses, calls one step, and renders. */
import Router from '@koa/router';
import { NotFoundError } from '@vestibule/backend-plugin-api';
import Koa, { type Context } from 'koa';
import { RefusalError, printRecord, withoutProviderWords } from '@vestibule/plugin-auth-node';
import { callback } from './flow/callback.ts';
import { logout } from './flow/logout.ts';
import { refresh } from './flow/refresh.ts';
import { start } from './flow/start.ts';
import { unknownProvider } from './flow/flowRequest.ts';
import type { FlowContext } from './flow/signInFlow.ts';
import { userinfo } from './flow/userinfo.ts';
import { cliClientMissing, keySet, openIdConfiguration } from './flow/wellKnown.ts';

type Step = (ctx: Context, flow: FlowContext, providerId: string) => Promise<void>;

const routesOfProviders: readonly (readonly [path: string, methods: string[], step: Step])[] = [
  ['/:provider/start', ['GET'], start],
  ['/:provider/handler/frame', ['GET', 'POST'], callback],
  ['/:provider/refresh', ['GET', 'POST'], refresh],
  ['/:provider/logout', ['POST'], logout],
];

/** All routes of the plugin, relative to its mount. */
export function createRoutes(flow: FlowContext): Koa {
  const router = new Router({ strict: true });
  router.get('/.well-known/openid-configuration', (ctx) => openIdConfiguration(ctx, flow));
  router.get('/.well-known/jwks.json', (ctx) => keySet(ctx, flow));
  router.get('/v1/userinfo', (ctx) => userinfo(ctx, flow));
  // Elsewhere there is no such path at all.
  if (flow.runtimeMode.isDevelopment) {
    router.get('/v1/decisions/:reference', (ctx) => showRecord(ctx, flow, ctx.params['reference'] ?? ''));
  }

  router.get('/.well-known/oauth-client/cli.json', cliClientMissing);
  // RFC 8414; at the root of the host it belongs to whoever speaks for the whole host.
  if (flow.serverMetadata) {
    router.get('/.well-known/oauth-authorization-server', (ctx) => openIdConfiguration(ctx, flow));
  }

  for (const [path, methods, step] of routesOfProviders) {
    // As a GET, HEAD would spend the transaction or rotate the session's tokens.
    if (methods.includes('GET')) router.head(path, refuseHead(methods.join(', ')));
    router.register(path, methods, (ctx) => step(ctx, flow, ctx.params['provider'] ?? ''));
  }
  router.all(['/:provider{/*rest}', '/:provider/'], (ctx) => {
    throw unknownProvider(ctx.params['provider'] ?? '');
  });
  const app = new Koa();
  app.use(router.routes());
  return app;
}

/** Why a sign-in was refused, for the sign-in page: the record, and its tree as `vestibule explain` prints it. */
async function showRecord(ctx: Context, { records }: FlowContext, reference: string): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const record = await records.find(reference);
  if (!record) throw new NotFoundError('ERR_DECISION_UNKNOWN', 'No decision has this reference');
  const decision = withoutProviderWords(record);
  ctx.body = { decision, text: printRecord(decision) };
}

/** @param allowed - What a 405 must say (RFC 9110 section 15.5.6). */
function refuseHead(allowed: string): (ctx: Context) => never {
  return (ctx) => {
    ctx.set('Allow', allowed);
    throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
  };
}
