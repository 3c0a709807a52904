/**
 * Leads from a token back to the reference that owns it, so that a class which names `@inject(ref.token)` joins the
 * graph. The one piece of module state in this package: it holds references weakly and is only ever added to.
 */
import type { ExtensionPoint, ServiceRef } from './references.ts';

/** What a token can stand for. @public */
export type TokenOwner = ServiceRef<unknown> | ExtensionPoint<unknown>;

const owners = new WeakMap<symbol, TokenOwner>();

/** Records the reference behind its token. */
export function rememberToken(ref: TokenOwner): void {
  owners.set(ref.token, ref);
}

/** The reference behind a token, or `undefined` for a token that is none of ours. @public */
export function refOfToken(token: unknown): TokenOwner | undefined {
  // Registered symbols (Symbol.for) cannot be weak keys, and none of our tokens is one.
  return typeof token === 'symbol' && Symbol.keyFor(token) === undefined ? owners.get(token) : undefined;
}
