/** Attacks on the routes themselves: odd paths, methods, queries, headers and bodies. */
import { request as send, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appOrigin, startPortal, type Portal } from '../testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({ isProduction: true });
});
afterAll(async () => portal.stop());

interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends the path as it is, which `fetch` would tidy up. */
async function raw(
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers, body } = options;
  const { hostname, port } = new URL(portal.url);
  return new Promise((resolve, reject) => {
    const outgoing = send({ hostname, port, path, method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

const script = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
const paths = ['oidc/start', 'oidc/handler/frame', 'oidc/refresh', 'oidc/logout', 'guest/refresh'];
const queries = [
  '',
  '?',
  '?%',
  '?env=%zz',
  '?env=%ff%fe',
  '?env',
  '?env=',
  '?=development',
  '?env=development&state=%00',
  '?env=development&state=%ed%a0%80',
  '?env=development&state=x&iss=x&code=%E0%A4%A',
  '?env=development&__proto__=x&constructor=y&state=x',
  '?env[__proto__]=development',
  '?env=__proto__&state=x',
  '?state=__proto__',
  '?env=development&scope=%F0%9F%92%A9',
  `?env=development&scope=${'a+'.repeat(4000)}`,
  `?env=development&scope=${'a'.repeat(8000)}`,
  `?env=development&origin=https://${'a.'.repeat(3000)}x`,
  '?env=development&origin=http://[::1',
  '?env=development&origin=http://localhost:99999',
  '?env=development&origin=%5B%5D&redirectUrl=%00',
  '?env=development&flow=redirect&redirectUrl=http://localhost:3000/%ed%a0%80',
  `?${'a=1&'.repeat(500)}`,
  `?${Array.from({ length: 1500 }, (_, index) => `p${index}=1`).join('&')}`,
];
const headers: OutgoingHttpHeaders[] = [
  script,
  { ...script, cookie: 'oidc-refresh-token=%%%' },
  { ...script, cookie: '=; ;;; =x; oidc-refresh-token' },
  { ...script, cookie: `oidc-refresh-token=${'\u00ff'.repeat(500)}` },
  { ...script, cookie: 'oidc-attempt-\u00ff\u00fe=x; oidc-attempt-=; __proto__=x' },
  { ...script, origin: 'http://[' },
  { ...script, host: 'evil.example:99999' },
  { ...script, host: '%zz', 'x-forwarded-host': '[', 'x-forwarded-proto': '::' },
  { ...script, 'content-type': 'application/json', 'content-length': 9 },
];

describe('bad input', () => {
  it.each(paths)(
    'of no kind makes /%s answer 5xx, or with anything of our insides',
    async (path) => {
      const bad: string[] = [];
      for (const method of ['GET', 'POST']) {
        for (const query of queries) {
          for (const one of headers) {
            const body = one['content-type'] ? '{"a":[[[x' : undefined;
            if (body && method === 'GET') continue;
            const answer = await raw(`/api/auth/${path}${query}`, { method, headers: one, body });
            // Guests are not allowed in production, and say so.
            if (answer.status >= 500 || /node_modules|\.ts:\d|"stack"|TypeError/.test(answer.text))
              bad.push(
                `${method} ${query.slice(0, 60)} ${JSON.stringify(one).slice(0, 90)} ${answer.status}`,
              );
          }
        }
      }
      expect(bad).toEqual([]);
    },
    30_000,
  );

  it.each([
    '/api/auth/%zz/start',
    '/api/auth/%/start',
    '/api/auth/%ff/refresh',
    '/api/auth/%00/start',
    '/api/auth/oidc%2fstart',
    '/api/auth/oidc/%2e%2e/start',
    '/api/auth/oidc/../oidc/start',
    '/api/auth//start',
    '/api/auth///',
    '/api/auth/oidc//start',
    '/api/auth/oidc/start/',
    '/api/auth/oidc;x=1/start',
    '/api/auth/OIDC/start?env=development',
    '/api/auth/__proto__/refresh',
    '/api/auth/constructor/handler/frame?state=x',
    '/api/auth/oidc/start%00',
    `/api/auth/${'a'.repeat(4000)}/start`,
    '//api/auth/oidc/start',
    '/api/auth/\\oidc/start',
  ])('%s leads nowhere', async (path) => {
    const { status } = await raw(path, { headers: script });
    expect([400, 401, 403, 404]).toContain(status);
  });

  it.each(['HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s does nothing on any route',
    async (method) => {
      for (const path of paths) {
        const answer = await raw(`/api/auth/${path}?env=development&state=x`, { method, headers: script });
        expect([404, 405]).toContain(answer.status);
        expect(answer.headers['set-cookie']).toBeUndefined();
        // RFC 9110 section 15.5.6: a 405 names the methods that there are.
        if (answer.status === 405) expect(answer.headers.allow).toMatch(/^GET(, POST)?$/);
      }
    },
  );
});
