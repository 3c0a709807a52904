/**
 * The tickets of sessions: 256 random bits, and a code over them under the sealing secret (RFC 2104). Whether a ticket
 * opens a session, the database knows; whether we made it, shows by itself. That is enough to tell callers apart: nobody
 * gets more tickets than they made sign-ins.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSessionCookieName, readCookies } from '../cookies.ts';
import { deriveKey, fingerprint } from '../secrets/sealing.ts';

const randomLength = 32;
const codeLength = 16;

/** Makes and recognises tickets. */
export interface Tickets {
  /** A new one, base64url. */
  create(): string;
  isOurs(ticket: string): boolean;
}

export function createTickets(secret: string): Tickets {
  const key = deriveKey(secret, 'ticket');
  const codeOf = (random: Buffer) =>
    createHmac('sha256', key).update(random).digest().subarray(0, codeLength);

  return {
    create() {
      const random = randomBytes(randomLength);
      return Buffer.concat([random, codeOf(random)]).toString('base64url');
    },
    isOurs(ticket) {
      const bytes = Buffer.from(ticket, 'base64url');
      if (bytes.length !== randomLength + codeLength || bytes.toString('base64url') !== ticket) return false;
      return timingSafeEqual(bytes.subarray(randomLength), codeOf(bytes.subarray(0, randomLength)));
    },
  };
}

/** A name for the session of a request, whichever provider it is of; `undefined` where no ticket of ours came with it. */
export function callerByTicket(request: IncomingMessage, tickets: Tickets): string | undefined {
  for (const [name, value] of readCookies(request)) {
    if (isSessionCookieName(name) && tickets.isOurs(value)) return fingerprint(value);
  }
  return undefined;
}
