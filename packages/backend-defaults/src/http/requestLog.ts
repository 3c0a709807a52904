/** One line for each answer, at level debug. Never the query: it holds codes, states and tokens. */
import type { ServerResponse } from 'node:http';
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { MountedRequest } from './handlers.ts';
import { pathOf } from './requestTarget.ts';

/** Logs the request when its answer is over or its caller is gone. */
export function logRequest(request: MountedRequest, response: ServerResponse, logger: LoggerService): void {
  const startedAt = performance.now();
  const path = pathOf(request.originalUrl ?? request.url ?? '');
  response.once('close', () => {
    const milliseconds = Math.round(performance.now() - startedAt);
    const outcome = response.writableFinished ? String(response.statusCode) : 'cut off';
    logger.debug(`${request.method} ${path} ${outcome} ${milliseconds} ms`);
  });
}
