/**
 * `GET /v1/authorize`: a client asks for access (RFC 6749 section 4.1.1). The browser goes on to the consent page
 * of the front end, with the request sealed in the address.
 *
 * Until it is proven that the client may be answered at its redirect_uri, nobody is sent there, errors included (RFC 9700
 * section 4.11); after that, every answer goes there.
 */
import { redirect } from '@vestibule/koa-handler';
import { withBudget } from '@vestibule/plugin-auth-node';
import { codeSentence, newReference, refusalSentences, sendEndingPage } from '@vestibule/plugin-auth-pages';
import type { Context } from 'koa';
import { answerUrl } from '../grants/authorizationRedirect.ts';
import {
  readRequest,
  readTarget,
  stateOf,
  type AuthorizationTarget,
} from '../grants/authorizationRequest.ts';
import type { OAuthServer } from '../oauthServer.ts';
import { oauthErrorOf, sendOAuthError } from './oauthResponse.ts';
import { fieldsOf } from './readBody.ts';

/** RFC 8707 section 2; there is one audience, so its value says nothing here. */
const repeatable = ['resource'];

export async function authorize(ctx: Context, server: OAuthServer): Promise<void> {
  ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  const parameters = new URLSearchParams(ctx.querystring);
  let target: AuthorizationTarget;
  try {
    target = await withBudget(async ({ signal }) =>
      readTarget(parameters, { clients: server.clients, signal }),
    );
  } catch (error) {
    refuse(ctx, server, { error, clientId: parameters.get('client_id') ?? undefined });
    return;
  }
  try {
    const query = fieldsOf(parameters, { repeatable });
    const request = readRequest(query, target, { knownScopes: server.scopes });
    const handle = server.authorizations.begin(request);
    redirect(ctx, new URL(`oauth2/authorize/${handle}`, withSlash(server.appUrl)).href);
  } catch (error) {
    const { code, message } = oauthErrorOf(error, server, target.client.id);
    redirect(
      ctx,
      answerUrl(target.redirectUri, {
        error: code,
        error_description: message,
        state: stateOf(parameters),
        issuer: server.issuer,
      }),
    );
  }
}

/** Says it to whoever came: a person with a browser gets a page, a program JSON. */
function refuse(
  ctx: Context,
  server: OAuthServer,
  { error, clientId }: { error: unknown; clientId: string | undefined },
): void {
  const refusal = oauthErrorOf(error, server, clientId);
  // Nobody has authenticated here, and so nobody failed to.
  const status = refusal.status < 500 ? 400 : refusal.status;
  sendOAuthError(ctx, refusal, status);
  if (ctx.accepts('json', 'html') !== 'html') return;
  const { pages, appUrl, logger } = server;
  const { code, message } = refusal;
  const texts = pages.textsFor(ctx.req);
  const reference = newReference();
  logger.info(`OAuth server: a browser was refused: ${code}`, { reference });
  sendEndingPage(
    ctx,
    { pages, texts },
    {
      appUrl,
      heading: texts.say('endings.cannotAsk'),
      paragraphs: [
        ...refusalSentences(texts, code, `${message}.`),
        codeSentence(texts, { code, reference }, 'log'),
      ],
    },
    status,
  );
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
