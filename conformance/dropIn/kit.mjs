// What the tests of our auth plugin on Backstage's host share: such a backend on PostgreSQL, and the calls of a front end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { testDatabases } from '@vestibule/backend-test-utils';
import { startBackstage } from '../backstageProcess.mjs';
import { readAnswer } from '../browser.mjs';

export const headers = { 'X-Requested-With': 'XMLHttpRequest' };
export const gitlab = (settings) => ({
  development: { clientId: 'gitlab-client', clientSecret: 'gitlab-client-secret', ...settings },
});
const operatorToken = 'conformance-operator-token';

/** A PostgreSQL whose databases are the test's own, and dropped after it; `undefined` where there is no server. */
export async function ownPostgres(context) {
  const databases = await testDatabases();
  context.after(async () => Promise.all(databases.map(async (database) => database.cleanup())));
  return databases.find(({ name }) => name === 'PostgreSQL');
}

/**
 * Starts a Backstage backend of parts.
 *
 * @param options - `parts` as in backend.mjs. `auth`: its config beside what every test has, or a function of the
 *   backend's base URL. `more`: other roots of the config, and what differs in `backend`. `port`, `env`, `cwd` and
 *   `program` as in backstageProcess.mjs.
 */
export async function startDropIn(context, { postgres, parts, auth = {}, more = {}, ...place }) {
  return startBackstage(context, {
    program: 'dropIn/backend.mjs',
    ...place,
    auth: parts.join(','),
    async config({ port, baseUrl }) {
      const { backend, ...roots } = more;
      return {
        app: { baseUrl },
        backend: {
          baseUrl,
          listen: { host: '127.0.0.1', port },
          database: postgres.config,
          auth: {
            externalAccess: [{ type: 'static', options: { token: operatorToken, subject: 'conformance' } }],
          },
          ...backend,
        },
        auth: {
          environment: 'development',
          session: { secret: 'conformance-session-secret-0123456789' },
          ...(typeof auth === 'function' ? await auth(baseUrl) : auth),
        },
        catalog: {
          rules: [{ allow: ['User', 'Group'] }],
          locations: [{ type: 'file', target: fileURLToPath(new URL('./catalog.yaml', import.meta.url)) }],
        },
        ...roots,
      };
    },
  });
}

/** Has the backend stopped by its host; the answer names the handles that are left. Then its process is ended. */
export async function stopDropIn({ child, messages }) {
  const stopped = new Promise((resolve, reject) => {
    child.on('message', (message) => message.stopped && resolve(message.handles));
    child.once('exit', () => reject(new Error('the backend ended before it had stopped')));
  });
  child.send('stop');
  const handles = await stopped;
  child.kill('SIGKILL');
  await once(child, 'exit');
  messages.length = 0;
  return handles;
}

/** The catalog reads its files in the background. */
export async function untilCatalogHas(baseUrl, entity) {
  const url = `${baseUrl}/api/catalog/entities/by-name/${entity}`;
  let seen = 'no answer';
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(250)) {
    try {
      const { status } = await fetch(url, { headers: { authorization: `Bearer ${operatorToken}` } });
      if (status === 200) return;
      seen = status;
    } catch (error) {
      seen = error.cause?.code;
    }
  }
  assert.fail(`the catalog has no ${entity} after a minute: ${seen}`);
}

/**
 * Start, the vendor, and callback. The answer is what the page posts.
 *
 * @param options - `authorize`: from where the vendor is entered to where it sends the browser back; default one that
 *   redirects at once. `callbackAt`: the replica that the browser comes back to.
 */
export async function signIn(browser, baseUrl, options = {}) {
  const { provider = 'gitlab', authorize = passThrough, callbackAt = baseUrl } = options;
  const start = await browser.send(`${baseUrl}/api/auth/${provider}/start?env=development&origin=${baseUrl}`);
  assert.equal(start.status, 302, start.text);
  const back = await authorize(start.headers.get('location'));
  const page = await browser.send(back.replace(baseUrl, callbackAt));
  assert.equal(page.status, 200, page.text);
  return readAnswer(page.text);
}

/** @returns where it redirects to. */
export async function passThrough(location) {
  return (await fetch(location, { redirect: 'manual' })).headers.get('location');
}

export const refresh = async (browser, baseUrl, provider = 'gitlab') =>
  browser.send(`${baseUrl}/api/auth/${provider}/refresh?env=development`, { headers });

export const logout = async (browser, baseUrl, provider = 'gitlab') =>
  browser.send(`${baseUrl}/api/auth/${provider}/logout?env=development`, { method: 'POST', headers });

/** As another plugin's route sees the caller. */
export const whoami = async (browser, baseUrl, token, route = '') =>
  browser.send(`${baseUrl}/api/whoami/${route}`, {
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  });
