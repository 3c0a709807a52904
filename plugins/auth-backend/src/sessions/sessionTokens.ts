/**
 * The tickets of sessions. Whether a ticket opens a session, the database knows; whether we made it, shows by itself. That
 * is enough to tell callers apart: nobody gets more tickets than they made sign-ins.
 */
import type { IncomingMessage } from 'node:http';
import { sessionTokensIn } from '../http/providerCookies.ts';
import { fingerprint, type MarkedTokens, type SealingService } from '@vestibule/plugin-auth-node';

/** Makes and recognises tickets. */
export type SessionTokens = MarkedTokens;

export function createSessionTokens(sealing: Pick<SealingService, 'markedTokens'>): SessionTokens {
  return sealing.markedTokens('ticket');
}

/** A name for the session of a request, whichever provider it is of; `undefined` where no ticket of ours came with it. */
export function callerBySessionToken(
  request: IncomingMessage,
  sessionTokens: SessionTokens,
): string | undefined {
  const own = sessionTokensIn(request).find((value) => sessionTokens.isOurs(value));
  return own === undefined ? undefined : fingerprint(own);
}
