/** The table of routes. Every one parses, calls one step, and renders. */
import { METHODS } from 'node:http';
import { NotFoundError, type HttpHandler } from '@vestibule/backend-plugin-api';
import { nodeRoutes, type NodeRoute, type RouteContext } from '@vestibule/koa-handler';
import {
  RefusalError,
  printRecord,
  withBudget,
  withoutProviderWords,
  type ApiDescription,
  type ApiRoute,
  type ApiRoutes,
} from '@vestibule/plugin-auth-node';
import { createApiStep } from './api/apiRoute.ts';
import type { SignInOperation } from './api/signInApi.ts';
import { callback } from './flow/callback.ts';
import { backchannelLogout } from './flow/backchannelLogout.ts';
import { logout } from './flow/logout.ts';
import { logoutReturn } from './flow/logoutReturn.ts';
import { refresh } from './flow/refresh.ts';
import { start } from './flow/start.ts';
import { unknownProvider, type ProviderRoute } from './flow/flowRequest.ts';
import { sendRefusedRequest } from './flow/refusalPage.ts';
import type { FlowContext } from './flow/signInFlow.ts';
import { userinfo } from './flow/userinfo.ts';
import { endSessions, listSessions, type OperatorServices } from './sessions/operatorRoutes.ts';
import { cliClientMissing, keySet, openIdConfiguration } from './flow/wellKnown.ts';

/** A route as the OpenAPI document has it, too. */
interface SignInRoute extends ApiRoute<SignInOperation> {
  handle(ctx: RouteContext, ...names: string[]): unknown;
}

/** All routes of the plugin, relative to its mount. Paths know no letter case, as in Backstage. */
export function createRoutes(
  flow: FlowContext,
  ofModules: readonly ApiRoutes[],
  operators: OperatorServices,
): HttpHandler {
  const routes = signInRoutes(flow, ofModules, operators);
  return nodeRoutes([
    ...routes.flatMap((route): NodeRoute[] => {
      const { methods, handle } = route;
      const path = patternOf(route.path);
      const isHeadRefused = methods.includes('GET') && !methods.includes('HEAD');
      return [
        { methods, path, handle },
        // As a GET, HEAD would spend the transaction or rotate the session's tokens.
        ...(isHeadRefused ? [{ methods: ['HEAD'], path, handle: refuseHead(methods.join(', ')) }] : []),
      ];
    }),
    {
      methods: METHODS,
      path: /^\/([^/]+)(?:\/.*)?$/,
      handle: (ctx, providerId = '') => refuseUnknown(ctx, flow, providerId),
    },
    // Its mount itself, which no program asks for.
    { methods: ['GET', 'HEAD'], path: /^\/?$/, handle: (ctx) => refusePerson(ctx, flow) },
  ]);
}

/** The table, from which requests are served and the OpenAPI document is made. */
function signInRoutes(
  flow: FlowContext,
  ofModules: readonly ApiRoutes[],
  operators: OperatorServices,
): SignInRoute[] {
  const ofProvider =
    (step: (route: ProviderRoute) => Promise<void>) =>
    async (ctx: RouteContext, providerId = ''): Promise<void> =>
      withBudget(async (budget) => step({ ctx, flow, providerId, budget }));
  const discovery = (ctx: RouteContext): void => openIdConfiguration(ctx, flow);
  const read = (path: string, operationId: SignInOperation, handle: SignInRoute['handle']): SignInRoute => ({
    methods: ['GET', 'HEAD'],
    path,
    operationId,
    handle,
  });
  const routes: SignInRoute[] = [
    { methods: ['GET'], path: '/{provider}/start', operationId: 'start', handle: ofProvider(start) },
    {
      methods: ['GET', 'POST'],
      path: '/{provider}/handler/frame',
      operationId: 'finish',
      handle: ofProvider(callback),
    },
    {
      methods: ['GET', 'POST'],
      path: '/{provider}/refresh',
      operationId: 'refresh',
      handle: ofProvider(refresh),
    },
    { methods: ['POST'], path: '/{provider}/logout', operationId: 'logout', handle: ofProvider(logout) },
    read('/{provider}/logout/return', 'returnFromLogout', ofProvider(logoutReturn)),
    {
      methods: ['POST'],
      path: '/{provider}/backchannel-logout',
      operationId: 'backchannelLogout',
      handle: ofProvider(backchannelLogout),
    },
    read('/.well-known/openid-configuration', 'readOpenIdConfiguration', discovery),
    read('/.well-known/jwks.json', 'readKeySet', (ctx) => keySet(ctx, flow)),
    read('/v1/userinfo', 'readUserinfo', async (ctx) => userinfo(ctx, flow)),
    read('/v1/sessions', 'listSessions', async (ctx) => listSessions(ctx, operators)),
    {
      methods: ['DELETE'],
      path: '/v1/sessions',
      operationId: 'endSessions',
      handle: async (ctx) => endSessions(ctx, operators),
    },
    // Elsewhere there is no such path at all.
    ...(flow.runtimeMode.isDevelopment
      ? [
          read('/v1/decisions/{reference}', 'readDecision', async (ctx, reference = '') =>
            showRecord(ctx, flow, reference),
          ),
        ]
      : []),
    read('/.well-known/oauth-client/cli.json', 'readCliClient', cliClientMissing),
    // RFC 8414; at the root of the host it belongs to whoever speaks for the whole host.
    ...(flow.serverMetadata
      ? [read('/.well-known/oauth-authorization-server', 'readServerMetadata', discovery)]
      : []),
    read(
      '/openapi.json',
      'readApi',
      createApiStep(flow.baseUrl, () => [...ofModules, { routes, describe: describeSignIn }]),
    ),
  ];
  return routes;
}

async function describeSignIn(): Promise<ApiDescription<SignInOperation>> {
  const { signInApi } = await import('./api/signInApi.ts');
  return signInApi;
}

/** What a parameter in braces stands for is captured. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`, 'i');
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

/**
 * An address that is none: of a provider that nobody has, to a program; to a person, who does not know what that is, an
 * address at which nothing is.
 */
function refuseUnknown(ctx: RouteContext, flow: FlowContext, providerId: string): void {
  if (!refusePerson(ctx, flow)) throw unknownProvider(providerId);
}

/** Whether a person asked, and was shown that nothing is here. */
function refusePerson(ctx: RouteContext, flow: FlowContext): boolean {
  if (!['GET', 'HEAD'].includes(ctx.method) || ctx.accepts('json', 'html') !== 'html') return false;
  sendRefusedRequest(ctx, flow, { error: new NotFoundError('ERR_HTTP_ROUTE_NOT_FOUND', 'Not found') });
  return true;
}
