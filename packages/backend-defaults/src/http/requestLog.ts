/**
 * One line for each answer, at level debug. Never the query: it holds codes, states and tokens; and of the path no segment
 * that is a handle: whoever knows it may act in its name.
 */
import type { ServerResponse } from 'node:http';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
import { pathOf } from './requestTarget.ts';

/** Logs the request when its answer is over or its caller is gone. */
export function logRequest(request: MountedRequest, response: ServerResponse, logger: LoggerService): void {
  const startedAt = performance.now();
  const path = pathToLog(request);
  response.once('close', () => {
    const milliseconds = Math.round(performance.now() - startedAt);
    const outcome = response.writableFinished ? String(response.statusCode) : 'cut off';
    logger.debug(`${request.method} ${path} ${outcome} ${milliseconds} ms`);
  });
}

/**
 * 256 random bits in base64url, whose last character has two bits that are nothing; and whatever is longer than the name of
 * an entity may be, which is 63 characters.
 */
const handle = /(?<=\/)(?:[\w-]{42}[AEIMQUYcgkosw048]|[\w-]{64,})(?=\/|$)/g;

/** What a log may say of where a request went. */
export function pathToLog({ originalUrl, url = '' }: MountedRequest): string {
  return pathOf(originalUrl ?? url).replace(handle, '<handle>');
}
