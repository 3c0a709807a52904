import { cookieWire } from '../../cookieWire.mjs';
import { here } from '../../server.mjs';
import { wrong } from '../../wire.mjs';
import { client } from '../../stubs.mjs';
import { serverBeside } from '../serverBeside.mjs';
import { versionIn } from '../versionIn.mjs';

const folderHere = `${here}/targets/authjs`;

/** Auth.js on Express, with its session in an encrypted cookie. */
export const authjs = {
  title: 'Auth.js',
  folder: folderHere,
  version: () => versionIn(folderHere, ['@auth/express', 'express']),
  lacks: {
    start: 'a form is posted, whose CSRF token was fetched before, and is not counted',
    'sign-in':
      'the ID token’s signature is not verified; no catalog; no token for other back ends; the session is a cookie, no row in a database',
    refresh: 'the cookie is encrypted anew; no token is made, and nobody is asked',
    protected: 'a cookie is decrypted, no token is verified',
    guest: 'there is none, nor userinfo and keys',
  },
  prepare({ folder, port, stubs }) {
    const settings = { port, issuer: stubs.url, ...client };
    /** Of one browser, for all: what a page gives before somebody clicks. */
    let page;
    async function openPage(connection) {
      const answer = await connection.send('GET', '/auth/csrf');
      return { cookies: answer.cookies, csrfToken: JSON.parse(answer.body).csrfToken };
    }
    return {
      program: serverBeside(folderHere, { folder, settings }),
      flows: cookieWire({
        idp: stubs,
        async begin(connection, jar) {
          page ??= openPage(connection);
          const { cookies, csrfToken } = await page;
          jar.keep(cookies);
          const form = new URLSearchParams({
            csrfToken,
            callbackUrl: `http://localhost:${port}/`,
          }).toString();
          const headers = { ...jar.header('/auth'), 'content-type': 'application/x-www-form-urlencoded' };
          const answer = await connection.send('POST', '/auth/signin/oidc', headers, form);
          if (answer.status !== 302) throw wrong('start', answer);
          jar.keep(answer.cookies);
          return answer.headers.location;
        },
        reads: {
          refresh: ['/auth/session', '@example.com'],
          protected: ['/whoami', '@example.com'],
        },
      }),
    };
  },
};
