import { cookieWire } from '../../cookieWire.mjs';
import { here } from '../../server.mjs';
import { wrong } from '../../wire.mjs';
import { client } from '../../stubs.mjs';
import { serverBeside } from '../serverBeside.mjs';
import { versionIn } from '../versionIn.mjs';

const folderHere = `${here}/targets/betterAuth`;

/** better-auth on node:http, with its session in SQLite. */
export const betterAuth = {
  title: 'better-auth',
  folder: folderHere,
  version: () => versionIn(folderHere, ['better-auth']),
  lacks: {
    'sign-in': 'no catalog; no token for other back ends',
    refresh: 'a token is made of the session; the provider and a catalog are not asked',
    guest: 'each is a new row in the database, and gets a session, no token',
    protected: 'the session is looked up, no token is verified',
    userinfo: 'there is none',
  },
  prepare({ folder, port, stubs }) {
    const origin = `http://localhost:${port}`;
    const settings = { port, folder, metadataUrl: stubs.metadataUrl, ...client };
    const headers = { origin, 'content-type': 'application/json' };
    const flows = cookieWire({
      idp: stubs,
      async begin(connection, jar) {
        const body = JSON.stringify({ provider: 'oidc', callbackURL: '/' });
        const answer = await connection.send('POST', '/api/auth/sign-in/social', headers, body);
        if (answer.status !== 200) throw wrong('start', answer);
        jar.keep(answer.cookies);
        return JSON.parse(answer.body).url;
      },
      reads: {
        refresh: ['/api/auth/token', '"token":"'],
        protected: ['/whoami', '@example.com'],
        keys: ['/api/auth/jwks', '"keys":[{'],
      },
    });
    return {
      program: serverBeside(folderHere, { folder, settings }),
      flows: {
        ...flows,
        async guest(connection) {
          const answer = await connection.send('POST', '/api/auth/sign-in/anonymous', headers, '{}');
          if (answer.status !== 200 || answer.cookies.length === 0) throw wrong('guest', answer);
        },
      },
    };
  },
};
