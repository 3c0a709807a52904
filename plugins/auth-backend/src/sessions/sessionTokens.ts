/**
 * The tickets of sessions. Whether a ticket opens a session, the database knows; whether we made it, shows by itself. That
 * is enough to tell callers apart: nobody gets more tickets than they made sign-ins.
 */
import type { IncomingMessage } from 'node:http';
import { isSessionCookieName, readCookies } from '../http/cookies.ts';
import { createMarkedTokens, type MarkedTokens } from '../secrets/markedTokens.ts';
import { fingerprint } from '@vestibule/plugin-auth-node';
import { deriveKey } from '../secrets/sealing.ts';

/** Makes and recognises tickets. */
export type SessionTokens = MarkedTokens;

/** @param secret - Seals what leaves the process. */
export function createSessionTokens(secret: string): SessionTokens {
  return createMarkedTokens(deriveKey(secret, 'ticket'));
}

/** A name for the session of a request, whichever provider it is of; `undefined` where no ticket of ours came with it. */
export function callerBySessionToken(
  request: IncomingMessage,
  sessionTokens: SessionTokens,
): string | undefined {
  for (const [name, value] of readCookies(request)) {
    if (isSessionCookieName(name) && sessionTokens.isOurs(value)) return fingerprint(value);
  }
  return undefined;
}
