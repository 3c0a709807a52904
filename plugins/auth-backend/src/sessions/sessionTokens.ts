/**
 * Session tokens. Whether one opens a session, the store knows; whether we made it, it shows by itself. That is enough to tell
 * callers apart: nobody gets more session tokens than they made sign-ins.
 */
import type { IncomingMessage } from 'node:http';
import { sessionTokensIn } from '../http/providerCookies.ts';
import { fingerprint, type MarkedTokens, type SealingService } from '@vestibule/plugin-auth-node';

/** Makes and recognises session tokens. */
export type SessionTokens = MarkedTokens;

export function createSessionTokens(sealing: Pick<SealingService, 'markedTokens'>): SessionTokens {
  // The purpose under which releases before made them.
  return sealing.markedTokens('ticket');
}

/** A name for the session of a request, whichever provider it is of; `undefined` where no session token of ours came with it. */
export function callerBySessionToken(
  request: IncomingMessage,
  sessionTokens: SessionTokens,
): string | undefined {
  const own = sessionTokensIn(request).find((value) => sessionTokens.isOurs(value));
  return own === undefined ? undefined : fingerprint(own);
}
