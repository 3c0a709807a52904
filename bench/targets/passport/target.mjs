import { cookieWire } from '../../cookieWire.mjs';
import { here } from '../../server.mjs';
import { wrong } from '../../wire.mjs';
import { client } from '../../stubs.mjs';
import { serverBeside } from '../serverBeside.mjs';
import { versionIn } from '../versionIn.mjs';

const folderHere = `${here}/targets/passport`;

/** Passport with a session in memory, on Express. */
export const passport = {
  title: 'Passport',
  folder: folderHere,
  version: () => versionIn(folderHere, ['passport', 'passport-openidconnect', 'express-session', 'express']),
  lacks: {
    start: 'no PKCE; the attempt is kept in memory',
    'sign-in':
      'the ID token’s signature is not verified; no catalog; no token for other back ends; the session is kept in memory',
    protected: 'the session is looked up, no token is verified',
    refresh: 'there is none, nor guests, userinfo and keys',
  },
  prepare({ folder, port, stubs }) {
    const settings = { port, issuer: stubs.url, ...client };
    return {
      program: serverBeside(folderHere, { folder, settings }),
      flows: cookieWire({
        idp: stubs,
        async begin(connection, jar) {
          const answer = await connection.send('GET', '/login');
          if (answer.status !== 302) throw wrong('start', answer);
          jar.keep(answer.cookies);
          return answer.headers.location;
        },
        reads: { protected: ['/whoami', '@example.com'] },
      }),
    };
  },
};
