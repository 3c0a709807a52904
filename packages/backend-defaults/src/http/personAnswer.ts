/**
 * Answers a person who meets the host instead of a plugin: an address at which nothing is, a plugin that has not started or
 * is stopping, a caller who asks too often. A program gets what it always got.
 */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ErrorPagesService, LoggerService, RefusedRequest } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
import { pathToLog } from './requestLog.ts';

/** `true` where the request came from a browser that navigates, and has been answered with a page. */
export type AnswerPerson = (
  request: MountedRequest,
  response: ServerResponse,
  refused: Omit<RefusedRequest, 'reference'> & { retryAfterSeconds?: number },
) => boolean;

export function createPersonAnswer(errorPages: ErrorPagesService, logger: LoggerService): AnswerPerson {
  return (request, response, { retryAfterSeconds, ...refused }) => {
    if (!isNavigation(request) || response.headersSent || response.writableEnded) return false;
    const reference = randomBytes(5).toString('hex');
    const page = errorPages.pageFor(request, { ...refused, reference });
    if (!page) return false;
    logger.info(`${request.method} ${pathToLog(request)} answered with a page: ${refused.code}`, {
      reference,
    });
    for (const [name, value] of Object.entries(page.headers)) response.setHeader(name, value);
    response.setHeader('Content-Language', page.language);
    response.setHeader(
      'Vary',
      [response.getHeader('Vary') ?? [], 'Accept', 'Accept-Language'].flat().join(', '),
    );
    response.setHeader('Content-Length', String(Buffer.byteLength(page.html)));
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds));
    response.statusCode = refused.status;
    response.end(page.html);
    return true;
  };
}

/** Browsers name HTML when they navigate, and for nothing else; who merely takes anything gets JSON. */
function isNavigation({ method, headers }: MountedRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return /(?:^|,)\s*(?:text\/html|application\/xhtml\+xml)\s*(?:,|$)/i.test(headers.accept ?? '');
}
