/** The table of routes. Every one parses, calls one step, and renders. */
import { METHODS } from 'node:http';
import { NotFoundError, type HttpHandler } from '@vestibule/backend-plugin-api';
import { nodeRoutes, type NodeRoute, type RouteContext } from '@vestibule/koa-handler';
import { RefusalError, printRecord, withBudget, withoutProviderWords } from '@vestibule/plugin-auth-node';
import { callback } from './flow/callback.ts';
import { logout } from './flow/logout.ts';
import { refresh } from './flow/refresh.ts';
import { start } from './flow/start.ts';
import { unknownProvider, type ProviderRoute } from './flow/flowRequest.ts';
import type { FlowContext } from './flow/signInFlow.ts';
import { userinfo } from './flow/userinfo.ts';
import { cliClientMissing, keySet, openIdConfiguration } from './flow/wellKnown.ts';

type Step = (route: ProviderRoute) => Promise<void>;

const stepsOfProviders: readonly (readonly [path: string, methods: string[], step: Step])[] = [
  ['start', ['GET'], start],
  ['handler/frame', ['GET', 'POST'], callback],
  ['refresh', ['GET', 'POST'], refresh],
  ['logout', ['POST'], logout],
];

/** All routes of the plugin, relative to its mount. Paths know no letter case, as in Backstage. */
export function createRoutes(flow: FlowContext): HttpHandler {
  const read = (path: string, handle: NodeRoute['handle']): NodeRoute => ({
    methods: ['GET', 'HEAD'],
    path: new RegExp(`^/${path}$`, 'i'),
    handle,
  });
  const discovery = (ctx: RouteContext): void => openIdConfiguration(ctx, flow);
  return nodeRoutes([
    ...stepsOfProviders.flatMap(([name, methods, step]): NodeRoute[] => {
      const path = new RegExp(`^/([^/]+)/${name}$`, 'i');
      return [
        {
          methods,
          path,
          handle: (ctx, providerId = '') =>
            withBudget(async (budget) => step({ ctx, flow, providerId, budget })),
        },
        // As a GET, HEAD would spend the transaction or rotate the session's tokens.
        ...(methods.includes('GET')
          ? [{ methods: ['HEAD'], path, handle: refuseHead(methods.join(', ')) }]
          : []),
      ];
    }),
    read('\\.well-known/openid-configuration', discovery),
    read('\\.well-known/jwks\\.json', (ctx) => keySet(ctx, flow)),
    read('v1/userinfo', (ctx) => userinfo(ctx, flow)),
    // Elsewhere there is no such path at all.
    ...(flow.runtimeMode.isDevelopment
      ? [read('v1/decisions/([^/]+)', (ctx, reference = '') => showRecord(ctx, flow, reference))]
      : []),
    read('\\.well-known/oauth-client/cli\\.json', cliClientMissing),
    // RFC 8414; at the root of the host it belongs to whoever speaks for the whole host.
    ...(flow.serverMetadata ? [read('\\.well-known/oauth-authorization-server', discovery)] : []),
    {
      methods: METHODS,
      path: /^\/([^/]+)(?:\/.*)?$/,
      handle(_, providerId = '') {
        throw unknownProvider(providerId);
      },
    },
  ]);
}

/** Why a sign-in was refused, for the sign-in page: the record, and its tree as `vestibule explain` prints it. */
async function showRecord(ctx: RouteContext, { records }: FlowContext, reference: string): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  const record = await records.find(reference);
  if (!record) throw new NotFoundError('ERR_DECISION_UNKNOWN', 'No decision has this reference');
  const decision = withoutProviderWords(record);
  ctx.body = { decision, text: printRecord(decision) };
}

/** @param allowed - What a 405 must say (RFC 9110 section 15.5.6). */
function refuseHead(allowed: string): (ctx: RouteContext) => never {
  return (ctx) => {
    ctx.set('Allow', allowed);
    throw new RefusalError('ERR_AUTH_METHOD_NOT_ALLOWED');
  };
}
