// The two sides of backend.mjs, as the tests start and call them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultIdentityClient } from '@backstage/plugin-auth-node';
import { startDevIdp } from '@vestibule/dev-idp';
import { createBrowser, readAnswer } from '../browser.mjs';
import { startBackstage } from '../backstageProcess.mjs';

const peopleFile = fileURLToPath(new URL('people.yaml', import.meta.url));
const entityCount = 6;
const accountAnnotation = 'acme.test/account-id';
const client = { clientId: 'conformance', clientSecret: 'conformance-client-secret' };
export const fromScript = { 'X-Requested-With': 'XMLHttpRequest' };
export const session = { secret: 'conformance-session-secret-0123456789' };
export const robotToken = 'conformance-robot-token-0123456789';

/** With accounts at the identity provider; `id` is the subject of their tokens. */
const accounts = Object.entries({
  jane: 'jane@acme.test',
  "auth0|Zoë O'Brien:7/x+y%2F&z": 'elsewhere@acme.test',
  pat: "o'pat+desk&x%41@acme.test",
  ABCD: 'lee@acme.test',
  kim: 'kim@acme.test',
  'x,kind=Group': 'nobody@acme.test',
}).map(([id, email]) => ({ id, name: id, email, emailVerified: true, note: '', picture: false }));

const backendBlock = ({ port, baseUrl }) => ({
  baseUrl,
  listen: { host: '127.0.0.1', port },
  database: { client: 'better-sqlite3', connection: ':memory:' },
  auth: { externalAccess: [{ type: 'static', options: { token: robotToken, subject: 'robot' } }] },
});

/** Their side. Default policies: nobody may ask the catalog without credentials. */
export const backstageConfig = (place) => ({
  app: { baseUrl: place.baseUrl },
  conformance: { entities: entityCount },
  backend: backendBlock(place),
  catalog: {
    rules: [{ allow: ['User', 'Group'] }],
    locations: [{ type: 'file', target: peopleFile }],
  },
});

const vestibuleConfig = (place, { idp, catalog, folder }) => ({
  app: { baseUrl: place.baseUrl },
  backend: {
    ...backendBlock(place),
    database: { client: 'better-sqlite3', connection: { directory: folder } },
  },
  discovery: {
    endpoints: [{ target: `${catalog}/api/{{pluginId}}`, plugins: ['catalog', 'desk', 'shelf'] }],
  },
  auth: {
    environment: 'development',
    session,
    ownership: { mode: 'transitive' },
    providers: {
      oidc: {
        development: {
          metadataUrl: idp.metadataUrl,
          ...client,
          additionalScopes: ['offline_access'],
          signIn: {
            resolvers: [
              { resolver: 'subjectMatchingUserEntityAnnotation', annotation: accountAnnotation },
              { resolver: 'emailMatchingUserEntityProfileEmail' },
            ],
          },
        },
      },
    },
  },
});

export const startProgram = async (context, auth, config) =>
  startBackstage(context, {
    auth,
    config,
    program: 'catalogBackend/backend.mjs',
    env: { LOG_LEVEL: 'debug' },
  });

/** Ours, with an identity provider and a folder of its own, or with those of `earlier` at its address. */
export async function startVestibule(context, { catalog, earlier }) {
  const side = { ...earlier };
  side.ours = await startProgram(context, 'vestibule', async (newPlace) => {
    side.place ??= newPlace;
    side.folder ??= temporaryFolder(context);
    side.idp ??= await startIdp(context, side.place);
    return vestibuleConfig(side.place, { ...side, catalog });
  });
  return { ...side, baseUrl: side.place.baseUrl };
}

async function startIdp(context, { baseUrl }) {
  const redirectUris = [`${baseUrl}/api/auth/oidc/handler/frame`];
  const idp = await startDevIdp({ clients: [{ ...client, redirectUris }], people: accounts });
  context.after(async () => idp.stop());
  return idp;
}

function temporaryFolder(context) {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-conformance-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Ends a program at once. */
export async function end({ child }) {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The whole way through the identity provider; what the popup is told. */
export async function signIn({ baseUrl, idp, ours }, as, browser = createBrowser()) {
  const begun = await browser.send(`${baseUrl}/api/auth/oidc/start?env=development&origin=${baseUrl}`);
  assert.equal(begun.status, 302, `${begun.text}\n${ours.output()}`);
  const page = await browser.send(await idp.authorize(begun.headers.get('location'), { as }));
  return readAnswer(page.text);
}

/** The `backstageIdentity` of a sign-in that succeeds. */
export async function identityOf(portal, as, browser) {
  const { response, error } = await signIn(portal, as, browser);
  assert.equal(error, undefined, portal.ours.output());
  return response.backstageIdentity;
}

/** A refresh by the session that the browser holds. */
export async function refresh({ baseUrl }, browser) {
  const url = `${baseUrl}/api/auth/oidc/refresh?env=development`;
  const { status, text } = await browser.send(url, { headers: fromScript });
  return { status, body: JSON.parse(text) };
}

/** What a JSON route answers. `cookie` is a user's limited token. */
export async function call(url, { token, cookie, ...init } = {}) {
  const headers = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(cookie && { cookie: `backstage-auth=${cookie}` }),
    ...init.headers,
  };
  const response = await fetch(url, { ...init, headers });
  return { status: response.status, body: await response.json(), cookies: response.headers.getSetCookie() };
}

/** A refusal in Backstage's form. */
export function assertRefused({ status, body }, expected, name) {
  assert.deepEqual({ status, name: body.error?.name }, { status: expected, name });
}

/** What Backstage's client of old makes of a token, with the keys that the plugin `auth` at `baseUrl` publishes. */
export async function identify(baseUrl, { issuer, token }) {
  const discovery = { getBaseUrl: async (pluginId) => `${baseUrl}/api/${pluginId}` };
  const identities = DefaultIdentityClient.create({ discovery, issuer });
  const headers = { authorization: `Bearer ${token}` };
  return (await identities.getIdentity({ request: { headers } }))?.identity;
}
