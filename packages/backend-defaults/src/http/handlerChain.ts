/**
 * The handlers of one mount. Those that were made for Node are asked as they are. Among them one that may have been written
 * for Express changes that for all: they run in an application of Express, or, where none is loaded, with the least of it.
 */
import type { ServerResponse } from 'node:http';
import {
  isNodeHandler,
  type ForeignCodeService,
  type HttpHandler,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { createClientAddress } from './clientAddress.ts';
import { createExpressApp, findExpress, isExpressRouter } from './expressApp.ts';
import { addExpressMinimum, expressMinimumMembers } from './expressMinimum.ts';
import { runHandler, runHandlers, type MountedRequest } from './handlers.ts';
import type { HttpConfig } from './httpConfig.ts';

type Run = (request: MountedRequest, response: ServerResponse, done: (error?: unknown) => void) => void;

/** Handlers that are asked in the order of adding. */
export interface HandlerChain {
  add(handler: HttpHandler): void;
  /** `done` is called at most once: with an error, or with nothing where no handler answers. */
  readonly run: Run;
}

/** @param options - `who` is for the log, for example `plugin 'hello'`. */
export function createHandlerChain(options: {
  who: string;
  trustProxy: HttpConfig['trustProxy'];
  isDevelopment: boolean;
  logger: LoggerService;
  foreignCode: ForeignCodeService;
}): HandlerChain {
  const { who, trustProxy, logger, foreignCode } = options;
  const handlers: HttpHandler[] = [];
  const clientAddress = createClientAddress(trustProxy);
  let run: Run | undefined;
  let isWarned = false;

  /** At the first request: by then everything is loaded. */
  function choose(): Run {
    if (handlers.every(isNodeHandler)) {
      return (request, response, done) => runHandlers(handlers, request, response, done);
    }
    const express = findExpress(handlers);
    if (express) {
      const app = createExpressApp(express, handlers, options);
      return asGuest((request, response, done) => runHandler(app, request, response, done));
    }
    if (handlers.some(isExpressRouter) && !isWarned) {
      isWarned = true;
      logger.warn(
        `${who} brings an Express router, and no Express was found among the modules of this process, as when both are ` +
          `bundled into one file. Its handlers find ${expressMinimumMembers}, and no more`,
      );
    }
    return asGuest((request, response, done) => {
      addExpressMinimum(request, response, { clientAddress });
      runHandlers(handlers, request, response, done);
    });
  }

  /** What such a handler throws where nobody can catch it, as an asynchronous route of Express 4 does, fails its request. */
  function asGuest(inner: Run): Run {
    return (request, response, done) => {
      let isOver = false;
      const finish = (error?: unknown): void => {
        if (isOver) return;
        isOver = true;
        foreignCode.leave(() => done(error));
      };
      const act = async () =>
        new Promise<void>((resolve) => {
          response.once('close', resolve);
          inner(request, response, finish);
        });
      foreignCode.run(`a route of ${who}`, act).catch(finish);
    };
  }

  return {
    add(handler) {
      handlers.push(handler);
      run = undefined;
    },
    run(request, response, done) {
      run ??= choose();
      run(request, response, done);
    },
  };
}
