// The cases of the portals `secure`, `development` and `limited`.
import {
  app,
  evil,
  fromApp,
  goOn,
  preflight,
  requests,
  script,
  signIn,
  startLine,
  tokenIn,
  wholeCircle,
} from './flows.mjs';

const secureApp = 'https://portal.test';
const fromSecureApp = { ...script, origin: secureApp };

export const secure = [
  {
    name: 'oidc: in, refresh, out',
    async run(visitor) {
      await signIn(visitor, { provider: 'oidc', origin: secureApp });
      await goOn(visitor, { provider: 'oidc', headers: fromSecureApp });
    },
  },
  {
    name: 'oidc: in by redirects',
    run: async (visitor) =>
      signIn(visitor, {
        provider: 'oidc',
        origin: secureApp,
        flow: 'redirect',
        redirectUrl: `${secureApp}/`,
      }),
  },
  {
    name: 'oidc: in from the host of the backend',
    run: async (visitor) => signIn(visitor, { provider: 'oidc', origin: '' }),
  },
  {
    name: 'userinfo of a user whose token says what they own',
    async run(visitor) {
      const done = await signIn(visitor, { provider: 'oidc', origin: secureApp });
      const token = tokenIn(done?.text ?? '');
      await visitor.send('GET', '/v1/userinfo', { headers: { authorization: `Bearer ${token}` } });
      await visitor.send('GET', '/.well-known/jwks.json');
      await visitor.send('GET', '/.well-known/openid-configuration');
      await visitor.send('GET', '/.backstage/auth/v1/cookie', {
        headers: { authorization: `Bearer ${token}` },
      });
      await visitor.send('DELETE', '/.backstage/auth/v1/cookie', {
        headers: { authorization: `Bearer ${token}` },
      });
    },
  },
  requests('guests are not let in', [
    ['GET /guest/refresh', { headers: fromSecureApp }],
    ['POST /guest/refresh', { headers: fromSecureApp }],
  ]),
  requests('without CORS in the config', [
    ['OPTIONS /oidc/refresh', { headers: preflight(secureApp) }],
    ['GET /oidc/refresh?env=development', { headers: fromSecureApp }],
  ]),
  requests('over plain http all the same', [
    ['GET /oidc/start?env=development', { headers: { 'x-forwarded-proto': 'http' } }],
    'GET /nope',
  ]),
];

export const development = [
  requests('errors of a portal in development', [
    'GET /nope',
    'GET /api/nope',
    'GET /github/start',
    'GET /github/start?env=nope',
    ['GET /github/refresh?env=development', { headers: fromApp }],
    startLine({ provider: 'github', origin: evil }),
    'GET /github/handler/frame?env=development&state=nope',
    'GET /v1/userinfo',
  ]),
  requests('a provider that lacks a setting', [
    'GET /google/start?env=development',
    ['GET /google/refresh?env=development', { headers: fromApp }],
    ['POST /google/logout?env=development', { headers: fromApp }],
  ]),
  requests('before the first token', ['GET /.well-known/jwks.json', 'GET /.well-known/openid-configuration']),
  wholeCircle('github'),
  requests('guests', [['GET /guest/refresh', { headers: fromApp }]]),
  requests('preflights', [['OPTIONS /guest/refresh', { headers: preflight(app) }]]),
];

export const limited = [
  requests(
    'more requests than the limit, from one address',
    ['first', 'second', 'third', 'fourth', 'fifth'].map((name) => [
      'GET /.well-known/openid-configuration',
      { headers: { 'x-forwarded-for': '203.0.113.9' }, name: `the ${name}` },
    ]),
  ),
];
