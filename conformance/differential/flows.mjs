// What the cases of the differential tests are made of: lists of requests, starts, sign-ins, callbacks that somebody altered.
export const app = 'http://localhost:3000';
export const script = { 'x-requested-with': 'XMLHttpRequest' };
export const fromApp = { ...script, origin: app };
export const evil = 'http://evil.test';
export const encoded = encodeURIComponent;

/** @param list - Of `'METHOD path'`, or `['METHOD path', options]` with the options of a visitor's `send`. */
export const requests = (name, list) => ({
  name,
  async run({ send }) {
    for (const one of list) {
      const [line, options] = [one].flat();
      const at = line.indexOf(' ');
      await send(line.slice(0, at), line.slice(at + 1), options);
    }
  },
});

/** The routes of the OAuth server, each behind a gate of its own. */
export const gates = [
  'GET /v1/authorize?client_id=x&redirect_uri=http://127.0.0.1/&response_type=code',
  'GET /v1/sessions/0',
  ['POST /v1/sessions/0/approve', { headers: { 'content-type': 'application/json' }, body: '{}' }],
  [
    'POST /v1/token',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'grant_type=x' },
  ],
  ['POST /v1/revoke', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'token=x' }],
  ['POST /v1/register', { headers: { 'content-type': 'application/json' }, body: '{"redirect_uris":[]}' }],
  'GET /.well-known/oauth-client/cli.json',
];

export const startPath = ({ provider, env = 'development', origin = app, ...query }) =>
  `/${provider}/start?${new URLSearchParams({ env, ...(origin && { origin }), ...query })}`;

/** A start, the vendor, and the callback. `at` stands before the names of its exchanges, where there are several. */
export async function signIn({ send, authorize }, { as = 'jane', refuse, at, ...query }) {
  const path = startPath({ flow: 'popup', ...query });
  const start = await send('GET', path, at && { name: `${at}GET /${query.provider}/start` });
  if (start.headers.location === undefined) return undefined;
  const callback = await authorize(start.headers.location, refuse ? { refuse } : { as });
  // A callback URL of one's own leads here through somebody's proxy.
  const back = pathOf(callback).replace('/custom/callback', `/api/auth/${query.provider}/handler/frame`);
  const answer = await send('GET', back, { name: `${at ?? ''}GET the callback of ${query.provider}` });
  return answer;
}

export const pathOf = (url) => new URL(url).pathname + new URL(url).search;

export const refreshPath = ({ provider, env = 'development', scope }) =>
  `/${provider}/refresh?${scope === undefined ? '' : `scope=${encoded(scope)}&`}env=${env}`;

/** Refreshes, signs out, and asks once more. */
export async function goOn({ send }, { provider, env = 'development', headers = fromApp }) {
  await send('GET', `/${provider}/refresh?optional&env=${env}`, { headers });
  await send('POST', refreshPath({ provider, env }), { headers });
  await send('POST', `/${provider}/logout?env=${env}`, { headers });
  await send('GET', refreshPath({ provider, env }), { headers, name: 'GET refresh after signing out' });
}

export const wholeCircle = (provider, query = {}) => ({
  name: `${provider}${query.env ? `, ${query.env}` : ''}: in, refresh, out`,
  async run(visitor) {
    await signIn(visitor, { provider, ...query });
    await goOn(visitor, { provider, ...query });
  },
});

export const byRedirect = (provider, { as, refuse, ...query } = {}) => ({
  name: `${provider}: in by redirects${refuse ? ', refused there' : as ? `, as ${as}` : ''}`,
  run: async (visitor) =>
    signIn(visitor, {
      provider,
      as,
      refuse,
      flow: 'redirect',
      redirectUrl: `${app}/catalog?a=b#c`,
      ...query,
    }),
});

export const signInAs = (provider, env, as) => ({
  name: `${provider}, ${env}: in as ${as}`,
  run: async (visitor) => signIn(visitor, { provider, env, as }),
});

/** Between a start and its callback something is done to the callback. */
export const altered = (name, alter, { provider = 'oidc', ...query } = {}) => ({
  name: `${provider}: a callback ${name}`,
  async run(visitor) {
    const start = await visitor.send('GET', startPath({ provider, ...query }));
    if (start.headers.location === undefined) return;
    const callback = await visitor.authorize(start.headers.location);
    await alter(visitor, new URL(callback));
  },
});

export const sendUrl = async (visitor, url, options) =>
  visitor.send('GET', url.pathname + url.search, { name: 'GET the callback', ...options });

export const inAnotherBrowser = (query) =>
  altered('in another browser', async (visitor, url) => sendUrl(visitor, url, { cookies: false }), query);

export const twice = (query) =>
  altered(
    'twice',
    async (visitor, url) => {
      await sendUrl(visitor, url);
      await sendUrl(visitor, url, { name: 'GET the callback again' });
    },
    query,
  );

export const withMadeUpCode = (query) =>
  altered(
    'with a code that was made up',
    async (visitor, url) => {
      url.searchParams.set('code', 'made-up');
      await sendUrl(visitor, url);
    },
    query,
  );

/** Signs in, and refreshes with one list of scopes after the other. */
export const refreshScopes = (provider, scopes, { signedInFor, andThen } = {}) => ({
  name: `${provider}: scopes of a refresh`,
  async run(visitor) {
    await signIn(visitor, { provider, ...(signedInFor && { scope: signedInFor }) });
    for (const scope of scopes) {
      await visitor.send('GET', refreshPath({ provider, scope }), { headers: fromApp });
    }
    await andThen?.(visitor);
  },
});

export function startLine(options) {
  return `GET ${startPath(options)}`;
}

export function preflight(origin) {
  return {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'x-requested-with',
  };
}

/** Either page has the message percent-encoded. */
export function tokenIn(page) {
  const [, encodedMessage = ''] = /["'](%7B[^"']*)["']/.exec(page) ?? [];
  return JSON.parse(decodeURIComponent(encodedMessage) || '{}').response?.backstageIdentity?.token;
}
