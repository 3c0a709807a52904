// The cases of the portal `hosted`: what a provider module has a part in.
import {
  app,
  altered,
  byRedirect,
  fromApp,
  refreshPath,
  requests,
  sendUrl,
  signIn,
  signInAs,
  startLine,
  wholeCircle,
} from './flows.mjs';

export const hosted = [
  requests('starts', [
    startLine({ provider: 'oidc', flow: 'popup', scope: 'openid|profile,email  groups' }),
    startLine({ provider: 'oidc', env: 'silent' }),
    startLine({ provider: 'oidc', env: 'auto' }),
    startLine({ provider: 'oidc', env: 'wide' }),
    startLine({ provider: 'oidc', env: 'nope' }),
    startLine({ provider: 'github', scope: 'repo read:org' }),
    startLine({ provider: 'google', scope: 'https://www.googleapis.com/auth/calendar' }),
    startLine({ provider: 'google', origin: `${app}/a/path` }),
    'GET /oidc/start',
    'GET /guest/start?env=development',
    'POST /guest/logout',
  ]),
  requests('sessions of nobody', [
    ['GET /oidc/refresh?env=development', { headers: fromApp }],
    ['GET /oidc/refresh', { headers: fromApp }],
    ['POST /github/logout?env=development', { headers: fromApp }],
  ]),
  requests('guests', [['GET /guest/refresh', { headers: fromApp }]]),
  wholeCircle('oidc'),
  wholeCircle('oidc', { env: 'delegation' }),
  wholeCircle('oidc', { env: 'short' }),
  wholeCircle('github'),
  wholeCircle('github', { env: 'delegation' }),
  wholeCircle('google'),
  byRedirect('oidc'),
  byRedirect('github'),
  byRedirect('google'),
  byRedirect('oidc', { refuse: true }),
  byRedirect('oidc', { as: 'kim' }),
  signInAs('oidc', 'development', 'kim'),
  signInAs('oidc', 'development', 'sam'),
  signInAs('oidc', 'development', 'twin'),
  signInAs('oidc', 'development', 'tag'),
  signInAs('oidc', 'domain', 'jane'),
  signInAs('oidc', 'fallback', 'kim'),
  signInAs('github', 'id', 'jane'),
  altered('in another browser', async (visitor, url) => sendUrl(visitor, url, { cookies: false })),
  altered('twice', async (visitor, url) => {
    await sendUrl(visitor, url);
    await sendUrl(visitor, url, { name: 'GET the callback again' });
  }),
  altered('with a code that was made up', async (visitor, url) => {
    url.searchParams.set('code', 'made-up');
    await sendUrl(visitor, url);
  }),
  {
    name: 'oidc: scopes of a refresh',
    async run(visitor) {
      await signIn(visitor, { provider: 'oidc' });
      for (const scope of ['openid', 'openid phone']) {
        await visitor.send('GET', refreshPath({ provider: 'oidc', scope }), { headers: fromApp });
      }
    },
  },
  {
    name: 'github: scopes of a refresh',
    async run(visitor) {
      await signIn(visitor, { provider: 'github', scope: 'read:user repo' });
      for (const scope of ['repo', 'read:user delete_repo']) {
        await visitor.send('GET', refreshPath({ provider: 'github', scope }), { headers: fromApp });
      }
    },
  },
];
