/** The service `vestibule.errorPages`: what a person sees where the host itself refuses a request. */
import type { IncomingMessage } from 'node:http';
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** A request that the host does not answer. @public */
export interface RefusedRequest {
  readonly status: number;
  readonly code: string;
  /** The sentence that a program gets. */
  readonly message: string;
  /** Under which the log has it. */
  readonly reference: string;
}

/** A page, and how it is to be sent. @public */
export interface ErrorPage {
  readonly headers: Readonly<Record<string, string>>;
  /** For `Content-Language`; the page depends on `Accept-Language`. */
  readonly language: string;
  readonly html: string;
}

/** Makes the page for whoever asked. It asks nobody, since the host may just be starting. @public */
export type RenderErrorPage = (request: IncomingMessage, refused: RefusedRequest) => ErrorPage;

/**
 * Our host asks it where a browser navigates to an address at which nothing is, to a plugin that has not started or is
 * stopping, or too often. Without one that renders, and for programs, answers are as they always were.
 *
 * @public
 */
export interface ErrorPagesService {
  /** The last one counts. */
  renderBy(render: RenderErrorPage): void;
  /** The page, where there is one that renders. */
  pageFor(...asked: Parameters<RenderErrorPage>): ErrorPage | undefined;
}

/** Comes with its own default on every host; a host that does not ask it answers as it does. @public */
export const errorPagesServiceRef = createServiceRef<ErrorPagesService>({
  id: 'vestibule.errorPages',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => createErrorPages() }),
});

function createErrorPages(): ErrorPagesService {
  let render: RenderErrorPage | undefined;
  return {
    renderBy: (next) => void (render = next),
    pageFor: (...asked) => render?.(...asked),
  };
}
