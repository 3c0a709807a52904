/** Runs Node-style handlers one after another, until one answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, type HttpHandler } from '@vestibule/backend-plugin-api';

/** A request as handlers see it. */
export type MountedRequest = IncomingMessage & {
  /** The URL as it was sent. */
  originalUrl?: string;
  /** Where the handler is mounted; empty at the root. As Express has it. */
  baseUrl?: string;
  /** The address of the caller, past trusted proxies. */
  ip?: string;
};

/**
 * Asks one handler. What it throws, rejects with or gives to `next` goes to `done`, which is called at most once; and
 * with nothing where the handler passes the request on.
 */
export function runHandler(
  handler: HttpHandler,
  request: MountedRequest,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  let isOver = false;
  const finish = (error?: unknown): void => {
    if (isOver) return;
    isOver = true;
    done(error);
  };
  const fail = (error: unknown): void => finish(error ?? nothingThrown());
  try {
    const result = handler(request, response, finish);
    if (isPromiseLike(result)) result.then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}

/**
 * Asks the handlers in their order; `done` is called with nothing where none answers. One with four parameters handles
 * errors, as in Express: it is asked after an error, and only then.
 */
export function runHandlers(
  handlers: readonly HttpHandler[],
  request: MountedRequest,
  response: ServerResponse,
  done: (error?: unknown) => void,
): void {
  const ask = (index: number, failure?: unknown): void => {
    const handler = handlers[index];
    if (!handler) return done(failure);
    const hasFailed = failure !== undefined;
    if (handlesErrors(handler) !== hasFailed) return ask(index + 1, failure);
    const asked: HttpHandler = hasFailed
      ? (...exchange) => (handler as unknown as ErrorHandler)(failure, ...exchange)
      : handler;
    runHandler(asked, request, response, (error) => {
      // Express's marker for "leave this router".
      if (error === 'router' || error === 'route') return done();
      ask(index + 1, error ?? undefined);
    });
  };
  ask(0);
}

type ErrorHandler = (failure: unknown, ...exchange: Parameters<HttpHandler>) => unknown;

/** As Express tells them apart. */
export function handlesErrors({ length }: HttpHandler): boolean {
  return length === 4;
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

function nothingThrown(): CodedError {
  return new CodedError('ERR_HTTP_NOTHING_THROWN', 'a request handler threw nothing');
}
