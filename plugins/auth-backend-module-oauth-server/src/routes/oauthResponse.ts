/**
 * Answers of the OAuth server: JSON, never kept by anybody, and errors as clients of OAuth know them (RFC 6749 sections
 * 5.1 and 5.2) instead of Backstage's.
 */
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { Context } from 'koa';
import { OAuthError } from '../oauthError.ts';
import type { OAuthServer } from '../oauthServer.ts';

const retryAfterSeconds = 5;
const longestLoggedClientId = 200;

/** Runs one step and answers with what it gives; with an empty body where that is nothing. */
export async function answerOAuth(
  ctx: Context,
  server: Pick<OAuthServer, 'logger'>,
  act: () => Promise<object | undefined>,
): Promise<void> {
  ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  try {
    const answer = await act();
    // Koa makes 204 of an answer without a body; RFC 7009 section 2.2 asks for 200, as for one that is empty.
    ctx.body = answer ?? '';
    if (answer === undefined) ctx.remove('Content-Type');
  } catch (error) {
    sendOAuthError(ctx, oauthErrorOf(error, server));
  }
}

/** What a client may know of an error. The log has it too, with what the operator can do. */
export function oauthErrorOf(
  error: unknown,
  { logger }: Pick<OAuthServer, 'logger'>,
  /** As it calls itself, where that is known. */
  clientId?: string,
): OAuthError {
  if (error instanceof OAuthError) {
    const who = clientId === undefined ? '' : ` (client ${quoted(clientId)})`;
    const line = `OAuth server: ${error.code}: ${error.message}${who}`;
    if (error.cause === undefined) logger.info(error.hint === undefined ? line : `${line}. ${error.hint}`);
    else logger.warn(line, error);
    return error;
  }
  if (error instanceof RefusalError && error.statusCode === 503) {
    return new OAuthError('temporarily_unavailable', error.message);
  }
  logger.error('OAuth server: a request failed', error instanceof Error ? error : {});
  return new OAuthError('server_error', 'An internal error occurred');
}

/** Anybody can send one, of any length. */
function quoted(clientId: string): string {
  return JSON.stringify(clientId.slice(0, longestLoggedClientId));
}

/**
 * @param status - Where it is another than the error's own.
 */
export function sendOAuthError(ctx: Context, error: OAuthError, status: number = error.status): void {
  ctx.status = status;
  if (status === 503) ctx.set('Retry-After', String(retryAfterSeconds));
  if (status === 401) ctx.set('WWW-Authenticate', challengeOf(ctx, error));
  ctx.body = { error: error.code, error_description: error.message };
}

/** The scheme that the caller used, or could use: RFC 6749 section 5.2, RFC 6750 section 3. */
function challengeOf(ctx: Context, { code }: OAuthError): string {
  if (code !== 'invalid_token') return 'Basic realm="auth"';
  return ctx.get('authorization') === '' ? 'Bearer' : 'Bearer error="invalid_token"';
}
