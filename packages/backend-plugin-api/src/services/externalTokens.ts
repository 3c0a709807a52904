/**
 * The service `core.auth.externalTokenHandlers`: kinds of tokens from outside beside those that `core.auth` knows itself
 * (`static`, `legacy`, `jwks`). Each handler is one factory for this reference, under Backstage's id, so that one written
 * for Backstage is added as it is.
 */
import type { Config } from '../config/config.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/**
 * Verifies the tokens of one `type` under `backend.auth.externalAccess`.
 *
 * @typeParam TContext - What `initialize` makes of an entry, and `verifyToken` is given.
 * @public
 */
export interface ExternalTokenHandler<TContext> {
  /** The `type` in the config. A second handler of a type is an error, and so is one for `static`, `legacy` or `jwks`. */
  readonly type: string;
  /**
   * Called at start, once for each entry of this type and for each plugin that verifies tokens. What it throws is a
   * fault of that entry.
   *
   * @param context - `options`: those of the entry.
   */
  initialize(context: { options: Config }): TContext;
  /**
   * Looks at a token that is neither a plugin's nor a user's. Has 5 seconds.
   *
   * @returns The caller's subject, not empty; `undefined` for a token of somebody else, for which other entries are asked.
   *   What it throws counts as `undefined` and is logged without the token.
   */
  verifyToken(token: string, context: TContext): Promise<{ subject: string } | undefined>;
}

/**
 * The handlers that were added.
 *
 * @example
 * ```ts
 * backend.add(
 *   createServiceFactory({
 *     service: externalTokenHandlersServiceRef,
 *     deps: {},
 *     factory: () => createExternalTokenHandler({ type: 'acme', initialize, verifyToken }),
 *   }),
 * );
 * ```
 * @public
 */
export const externalTokenHandlersServiceRef = createServiceRef<ExternalTokenHandler<unknown>>({
  id: 'core.auth.externalTokenHandlers',
  multiton: true,
});

/** Checks the types of a handler, and gives it back. @public */
export function createExternalTokenHandler<TContext>(
  handler: ExternalTokenHandler<TContext>,
): ExternalTokenHandler<TContext> {
  return handler;
}
