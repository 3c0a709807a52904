// The cases of the portal `plain`: routes, starts, callbacks, whole sign-ins, refreshes, tokens, CORS, and what nobody sends.
import { limitedTokenOf } from './fields.mjs';
import { externalToken } from './portals.mjs';
import {
  altered,
  app,
  byRedirect,
  encoded,
  evil,
  fromApp,
  gates,
  inAnotherBrowser,
  pathOf,
  preflight,
  refreshPath,
  refreshScopes,
  requests,
  script,
  sendUrl,
  signIn,
  signInAs,
  startLine,
  startPath,
  tokenIn,
  twice,
  wholeCircle,
  withMadeUpCode,
} from './flows.mjs';
import { scopeSequences, scopeSequencesOfOurs } from './scopeCases.mjs';

export const plain = [
  requests('routes that are not there', [
    'GET /',
    'GET ',
    'GET /nope',
    'GET /nope/start',
    'GET /nope/start?env=development',
    'POST /nope/refresh',
    'GET /microsoft/start?env=development',
    'GET /oidc',
    'GET /oidc/',
    'GET /oidc/nope',
    'GET /oidc/start/',
    'GET /oidc/handler',
    'GET /oidc/logout?env=development',
    'PUT /oidc/start?env=development',
    'DELETE /oidc/refresh?env=development',
    'PATCH /oidc/handler/frame?env=development',
    'POST /oidc/start?env=development',
    'GET /OIDC/start?env=development',
    'GET /guest/start?env=development',
    'GET /guest/handler/frame',
    'POST /guest/handler/frame',
    'POST /guest/logout',
    'GET /.well-known/nope',
    'GET /v1/nope',
    'GET /v1/userinfo/',
    'POST /v1/userinfo',
    'GET /api/nope',
    'GET /api/authority/x',
    'GET /api',
    'GET /nowhere',
  ]),
  requests('the gates of the OAuth server are shut', gates),
  requests('well-known documents', [
    'GET /.well-known/openid-configuration',
    'HEAD /.well-known/openid-configuration',
    'GET /.well-known/openid-configuration?x=y',
    'GET /.well-known/openid-configuration/',
    ['GET /.well-known/openid-configuration', { headers: { origin: app }, name: 'GET it from the app' }],
    [
      'GET /.well-known/openid-configuration',
      { headers: { 'accept-encoding': 'gzip' }, name: 'GET it compressed' },
    ],
    'GET /.backstage/auth/v1/jwks.json',
    'POST /.backstage/auth/v1/jwks.json',
    'GET /.backstage/auth/v1/nope',
    'GET /api/nope/.backstage/auth/v1/jwks.json',
    'GET /.backstage/health/v1/liveness',
  ]),
  requests('environments', [
    'GET /oidc/start',
    'GET /oidc/start?env=',
    'GET /oidc/start?env=nope',
    'GET /oidc/start?env=__proto__',
    'GET /oidc/start?env=development&env=auto',
    `GET /oidc/start?env=${encoded('<b>')}`,
    ['GET /oidc/refresh', { headers: fromApp }],
    ['GET /oidc/refresh?env=nope', { headers: fromApp }],
    ['POST /oidc/logout', { headers: fromApp }],
    ['POST /oidc/logout?env=nope', { headers: fromApp }],
  ]),
  requests('origins of a start', [
    startLine({ provider: 'oidc', origin: '' }),
    startLine({ provider: 'oidc' }),
    startLine({ provider: 'oidc', origin: `${app}/a/path` }),
    startLine({ provider: 'oidc', origin: 'HTTP://LOCALHOST:3000' }),
    startLine({ provider: 'oidc', origin: 'http://one.preview.test' }),
    startLine({ provider: 'oidc', origin: 'http://one.two.preview.test' }),
    startLine({ provider: 'oidc', origin: evil }),
    startLine({ provider: 'oidc', origin: 'http://localhost:7007' }),
    startLine({ provider: 'oidc', origin: 'no url' }),
    startLine({ provider: 'oidc', origin: 'null' }),
    `GET /oidc/start?env=development&origin=${encoded(app)}&origin=${encoded(evil)}`,
    [
      'GET /oidc/start?env=nope',
      { headers: { accept: 'text/html' }, name: 'a browser at an unknown environment' },
    ],
    [
      `GET /oidc/start?env=development&origin=${encoded(evil)}`,
      { headers: { accept: 'text/html,*/*;q=0.8' }, name: 'a browser from a disallowed origin' },
    ],
  ]),
  requests('starts', [
    startLine({ provider: 'oidc', flow: 'popup', scope: 'openid profile email' }),
    startLine({ provider: 'oidc', flow: 'popup', scope: 'openid|profile,email  groups' }),
    startLine({ provider: 'oidc', scope: '' }),
    startLine({ provider: 'oidc', scope: 'openid openid' }),
    startLine({ provider: 'oidc', flow: 'redirect', redirectUrl: `${app}/catalog` }),
    startLine({ provider: 'oidc', flow: 'redirect' }),
    startLine({ provider: 'oidc', flow: 'redirect', redirectUrl: `${evil}/catalog` }),
    startLine({ provider: 'oidc', flow: 'popup', redirectUrl: `${app}/catalog` }),
    startLine({ provider: 'oidc', flow: 'nope' }),
    startLine({ provider: 'oidc', login_hint: 'jane', prompt: 'login', audience: 'x' }),
    startLine({ provider: 'oidc', env: 'silent' }),
    startLine({ provider: 'oidc', env: 'auto' }),
    startLine({ provider: 'oidc', env: 'wide' }),
    startLine({ provider: 'oidc', env: 'elsewhere' }),
    startLine({ provider: 'github' }),
    startLine({ provider: 'github', scope: 'repo read:org' }),
    startLine({ provider: 'google' }),
    startLine({ provider: 'google', scope: 'https://www.googleapis.com/auth/calendar' }),
    startLine({ provider: 'gitlab' }),
    startLine({ provider: 'gitlab', scope: 'api', flow: 'redirect', redirectUrl: `${app}/x` }),
    'HEAD /oidc/start?env=development',
    'HEAD /oidc/refresh?env=development',
    'HEAD /oidc/handler/frame?env=development',
    'OPTIONS /oidc/start?env=development',
  ]),
  requests('callbacks of nobody', [
    'GET /oidc/handler/frame',
    'GET /oidc/handler/frame?env=development',
    'GET /oidc/handler/frame?env=nope',
    'GET /oidc/handler/frame?state=nope',
    'GET /oidc/handler/frame?state=nope&code=x&env=development',
    `GET /oidc/handler/frame?state=${Buffer.from('nonce=x&env=development').toString('hex')}&code=x`,
    `GET /oidc/handler/frame?state=${Buffer.from(`nonce=x&env=development&origin=${evil}`).toString('hex')}&code=x`,
    `GET /oidc/handler/frame?state=${Buffer.from(`nonce=x&env=development&origin=${app}&flow=redirect&redirectUrl=${evil}`).toString('hex')}`,
    `GET /oidc/handler/frame?state=${Buffer.from('nonce=x').toString('hex')}`,
    [
      'POST /oidc/handler/frame',
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'state=x&code=y&env=development',
      },
    ],
    'GET /github/handler/frame?error=access_denied',
    'GET /google/handler/frame?env=development&error=access_denied',
  ]),
  wholeCircle('oidc'),
  wholeCircle('oidc', { env: 'delegation' }),
  wholeCircle('oidc', { env: 'auto' }),
  wholeCircle('oidc', { env: 'short' }),
  wholeCircle('oidc', { env: 'elsewhere' }),
  wholeCircle('github'),
  wholeCircle('github', { env: 'delegation' }),
  wholeCircle('google'),
  wholeCircle('google', { env: 'delegation' }),
  wholeCircle('gitlab'),
  byRedirect('oidc'),
  byRedirect('github'),
  byRedirect('google'),
  byRedirect('gitlab'),
  byRedirect('oidc', { refuse: true }),
  byRedirect('oidc', { as: 'kim' }),
  {
    name: 'oidc: in, refused there',
    run: async (visitor) => signIn(visitor, { provider: 'oidc', refuse: true }),
  },
  {
    name: 'oidc: in from a preview of the app',
    run: async (visitor) => signIn(visitor, { provider: 'oidc', origin: 'http://one.preview.test' }),
  },
  signInAs('oidc', 'development', 'kim'),
  signInAs('oidc', 'development', 'sam'),
  signInAs('oidc', 'development', 'twin'),
  signInAs('oidc', 'development', 'tag'),
  signInAs('oidc', 'development', 'upper'),
  signInAs('oidc', 'chain', 'tag'),
  signInAs('oidc', 'chain', 'kim'),
  signInAs('oidc', 'domain', 'jane'),
  signInAs('oidc', 'fallback', 'kim'),
  signInAs('github', 'id', 'jane'),
  signInAs('oidc', 'silent', 'jane'),
  inAnotherBrowser(),
  inAnotherBrowser({ provider: 'github' }),
  twice(),
  withMadeUpCode(),
  withMadeUpCode({ provider: 'gitlab' }),
  altered('without a code', async (visitor, url) => {
    url.searchParams.delete('code');
    await sendUrl(visitor, url);
  }),
  altered('that names another issuer', async (visitor, url) => {
    url.searchParams.set('iss', 'https://evil.test');
    await sendUrl(visitor, url);
  }),
  altered('whose env is another one', async (visitor, url) => {
    url.searchParams.set('env', 'auto');
    await sendUrl(visitor, url);
  }),
  altered('with an error of the provider', async (visitor, url) => {
    for (const name of ['code', 'iss']) url.searchParams.delete(name);
    url.searchParams.set('error', 'temporarily_unavailable');
    url.searchParams.set('error_description', `Back <b>soon</b>, it's so`);
    await sendUrl(visitor, url);
  }),
  altered(
    'with an error of the provider',
    async (visitor, url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', 'access_denied');
      await sendUrl(visitor, url);
    },
    { provider: 'github' },
  ),
  altered('as a form', async (visitor, url) => {
    await visitor.send('POST', url.pathname, {
      name: 'POST the callback',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: url.search.slice(1),
    });
  }),
  altered('as a POST with its query', async (visitor, url) => {
    await visitor.send('POST', url.pathname + url.search, { name: 'POST the callback' });
  }),
  {
    name: 'oidc: two tabs sign in at once',
    async run(visitor) {
      const { send, authorize } = visitor;
      const [one, other] = [
        await send('GET', startPath({ provider: 'oidc' })),
        await send('GET', startPath({ provider: 'oidc' }), { name: 'GET another start' }),
      ];
      const first = await authorize(one.headers.location);
      await send('GET', pathOf(await authorize(other.headers.location)), { name: 'GET the second callback' });
      await send('GET', pathOf(first), { name: 'GET the first callback' });
    },
  },
  refreshScopes('oidc', ['openid', 'openid profile email', 'openid,profile', 'openid phone', ''], {
    andThen: async ({ send }) =>
      send('GET', refreshPath({ provider: 'oidc' }), {
        headers: { ...fromApp, 'accept-encoding': 'gzip' },
        name: 'GET refresh, compressed',
      }),
  }),
  refreshScopes('github', ['read:user', 'repo', 'read:user delete_repo'], { signedInFor: 'read:user repo' }),
  refreshScopes('google', ['openid', 'openid https://www.googleapis.com/auth/calendar']),
  ...scopeSequences,
  ...scopeSequencesOfOurs,
  {
    name: 'oidc: who may refresh and sign out',
    async run(visitor) {
      const { send } = visitor;
      await signIn(visitor, { provider: 'oidc' });
      const at = '/oidc/refresh?env=development';
      await send('GET', at, { name: 'without the header' });
      await send('GET', at, {
        headers: { 'x-requested-with': 'xmlhttprequest' },
        name: 'with it in lower case',
      });
      await send('GET', at, { headers: { ...script, origin: evil }, name: 'from a foreign origin' });
      await send('GET', at, { headers: { ...script, origin: 'null' }, name: 'from no origin' });
      await send('GET', at, { headers: { ...script, 'sec-fetch-site': 'cross-site' }, name: 'across sites' });
      await send('GET', at, {
        headers: { ...script, origin: 'http://one.preview.test' },
        name: 'from a preview',
      });
      await send('GET', at, {
        headers: { ...script, origin: 'http://localhost:7007' },
        name: 'from the backend',
      });
      await send('GET', at, { headers: script, name: 'without an origin' });
      const out = '/oidc/logout?env=development';
      await send('POST', out, { name: 'signing out without the header' });
      await send('POST', out, {
        headers: { ...script, origin: evil },
        name: 'signing out from a foreign origin',
      });
      await send('POST', out, { headers: { ...script, origin: 'null' }, name: 'signing out from no origin' });
      await send('POST', out, { headers: script, name: 'signing out without an origin' });
      await send('POST', out, { headers: script, name: 'signing out twice' });
    },
  },
  requests('sessions of nobody', [
    ['GET /oidc/refresh?env=development', { headers: fromApp }],
    [
      'GET /oidc/refresh?env=development',
      { headers: { ...fromApp, cookie: 'oidc-refresh-token=' }, name: 'an empty cookie' },
    ],
    [
      'GET /oidc/refresh?env=development',
      { headers: { ...fromApp, cookie: 'oidc-refresh-token=forged' }, name: 'a forged cookie' },
    ],
    [
      'GET /github/refresh?env=development',
      {
        headers: {
          ...fromApp,
          cookie: 'github-refresh-token=access-token-v2.forged; github-granted-scope=read:user',
        },
        name: 'a forged cookie at GitHub',
      },
    ],
    [
      'POST /oidc/logout?env=development',
      {
        headers: { ...fromApp, cookie: 'oidc-refresh-token=forged' },
        name: 'signing out with a forged cookie',
      },
    ],
    ['POST /github/logout?env=development', { headers: fromApp }],
    ['POST /gitlab/logout?env=development', { headers: fromApp }],
  ]),
  requests('guests', [
    ['GET /guest/refresh', { headers: fromApp, name: 'from the app' }],
    ['POST /guest/refresh', { headers: fromApp }],
    'GET /guest/refresh',
    ['GET /guest/refresh?optional&env=development', { headers: fromApp }],
    ['GET /guest/refresh', { headers: { ...script, origin: evil }, name: 'from a foreign origin' }],
    ['HEAD /guest/refresh', { headers: fromApp }],
    ['PUT /guest/refresh', { headers: fromApp }],
  ]),
  {
    name: 'userinfo and cookies of a user',
    async run(visitor) {
      const { send } = visitor;
      const guest = JSON.parse((await send('GET', '/guest/refresh', { headers: fromApp })).text);
      const { token } = guest.backstageIdentity;
      const bearer = (value) => ({ authorization: `Bearer ${value}` });
      const limited = limitedTokenOf(token);
      const at = '/v1/userinfo';
      await send('GET', at);
      await send('HEAD', at, { headers: bearer(token) });
      await send('GET', at, { headers: bearer(token), name: 'with a user token' });
      await send('GET', at, { headers: { authorization: `bearer  ${token}` }, name: 'with it oddly spelt' });
      await send('GET', at, { headers: { ...bearer(token), origin: app }, name: 'with it from the app' });
      await send('GET', at, { headers: bearer(limited), name: 'with a limited token' });
      await send('GET', at, { headers: bearer('garbage'), name: 'with garbage' });
      await send('GET', at, { headers: bearer('a.b.c'), name: 'with three parts of garbage' });
      await send('GET', at, { headers: bearer(`${token}x`), name: 'with a broken signature' });
      await send('GET', at, { headers: bearer(''), name: 'with an empty token' });
      await send('GET', at, { headers: { authorization: 'Basic eDp5' }, name: 'with a password' });
      await send('GET', at, { headers: { cookie: `backstage-auth=${limited}` }, name: 'with a cookie' });
      const external = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.x`;
      await send('GET', at, { headers: bearer(external), name: 'with a token of nobody' });
      await send('GET', at, { headers: bearer(externalToken), name: 'with an external token' });
      const [header, , signature] = token.split('.');
      const otherUser = `${header}.${limited.split('.')[1]}.${signature}`;
      await send('GET', at, { headers: bearer(otherUser), name: 'with parts of two tokens' });
      await send('GET', '/.well-known/jwks.json');
      const cookie = '/.backstage/auth/v1/cookie';
      await send('GET', cookie);
      await send('GET', cookie, { headers: bearer(token), name: 'GET a cookie' });
      await send('GET', cookie, { name: 'GET it again by the cookie' });
      await send('GET', cookie, { headers: bearer(limited), name: 'GET a cookie with a limited token' });
      await send('DELETE', cookie, { headers: bearer(token), name: 'DELETE the cookie' });
      await send('POST', cookie, { headers: bearer(token) });
      await send('GET', '/.backstage/auth/v1/cookie/', {
        headers: bearer(token),
        name: 'GET it with a slash',
      });
      await send('DELETE', cookie, { headers: bearer(token), name: 'DELETE it again' });
      await send('GET', cookie, { headers: bearer(token), name: 'GET a cookie again' });
      const jane = tokenIn((await signIn(visitor, { provider: 'github' })).text);
      await send('GET', cookie, { headers: bearer(jane), name: 'GET a cookie of somebody else' });
    },
  },
  requests('preflights', [
    ...[
      '/oidc/refresh?env=development',
      '/oidc/logout?env=development',
      '/guest/refresh',
      '/v1/userinfo',
      '/nope',
    ].map((path) => [`OPTIONS ${path}`, { headers: preflight(app), name: `a preflight of ${path}` }]),
    ['OPTIONS /oidc/refresh', { headers: preflight(evil), name: 'from a foreign origin' }],
    ['OPTIONS /oidc/refresh', { headers: preflight('http://one.preview.test'), name: 'from a preview' }],
    ['OPTIONS /nope', { headers: preflight(evil), name: 'from a foreign origin, to nobody' }],
    ['OPTIONS /.well-known/jwks.json', { headers: { origin: app }, name: 'of no method' }],
    'OPTIONS /oidc/refresh',
    'OPTIONS /v1/userinfo',
    'OPTIONS /.well-known/openid-configuration',
    'OPTIONS /.backstage/auth/v1/jwks.json',
    ['OPTIONS /api/nope', { headers: preflight(app) }],
    [
      'GET /oidc/refresh?env=development',
      { headers: { ...script, origin: evil }, name: 'a call from a foreign origin' },
    ],
    ['GET /nope', { headers: { origin: app }, name: 'a refused call from the app' }],
    ['GET /api/nope', { headers: { origin: app }, name: 'a call to nobody from the app' }],
  ]),
  requests('odd requests', [
    'GET /%',
    'GET /oidc/%zz/frame',
    'GET /oidc%2Fstart?env=development',
    'GET /oidc/start?env=development&scope=%',
    'GET /oidc/start?env=development&scope=%ff',
    'GET /oidc/start?env[]=development',
    'GET /oidc/start?env[x]=development',
    'GET /oidc/start?env=development&scope=a&scope=b',
    'GET /oidc/start?env=development&scope=a%00b',
    `GET /oidc/start?env=development&scope=${encoded('a\r\nSet-Cookie: x=y')}`,
    `GET /oidc/start?env=development&x=${'y'.repeat(9000)}`,
    `GET /${'x'.repeat(3000)}/start`,
    'GET //oidc/start?env=development',
    'GET /oidc//start?env=development',
    'GET /./oidc/start?env=development',
    'GET /__proto__/start?env=development',
    'GET /constructor/start?env=development',
    'GET /toString/refresh',
    [
      'POST /oidc/refresh?env=development',
      { headers: { ...fromApp, 'content-type': 'application/json' }, body: '{' },
    ],
    [
      'POST /oidc/refresh?env=development',
      {
        headers: { ...fromApp, 'content-type': 'application/json' },
        body: '{"env":"auto"}',
        name: 'POST it with a body',
      },
    ],
    [
      'POST /oidc/logout?env=development',
      {
        headers: { ...fromApp, 'content-type': 'text/plain' },
        body: 'x'.repeat(200_000),
        name: 'a long body',
      },
    ],
    [
      'GET /oidc/refresh?env=development',
      { headers: { ...fromApp, cookie: `${'a=b; '.repeat(500)}x=y` }, name: 'many cookies' },
    ],
  ]),
];
