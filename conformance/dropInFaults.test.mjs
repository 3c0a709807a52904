// On a Backstage host: what is wrong ends in a clear error at the right place, and the rest works.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createBrowser, readAnswer } from './browser.mjs';
import { gitlab, headers, ownPostgres, refresh, signIn, startDropIn, stopDropIn } from './dropIn/kit.mjs';
import { startFakeGitLab } from './fakeGitLab.mjs';

const cli = fileURLToPath(new URL('../packages/cli/bin/vestibule.js', import.meta.url));
const guest = {};

/** Such a backend that starts, on a database of its own. */
async function start(context, options) {
  const backstage = await tryToStart(context, options);
  assert.equal((await backstage?.started)?.outcome ?? 'success', 'success');
  return backstage;
}

/** One that does not. */
async function refusalOf(context, options) {
  const backstage = await tryToStart(context, options);
  return backstage?.started.then(
    () => assert.fail('it started'),
    ({ message }) => message,
  );
}

async function tryToStart(context, { parts, ...options }) {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  return startDropIn(context, { ...options, postgres, parts: [...parts, 'catalog in code'] });
}

async function signInAsGuest({ baseUrl }) {
  const answer = await refresh(createBrowser(), baseUrl, 'guest');
  assert.equal(answer.status, 200, answer.text);
}

test('faults in the config of auth stop the start, all at once and by the path of their keys', async (context) => {
  const said = await refusalOf(context, {
    parts: ['ours', 'vestibule:guest'],
    auth: {
      session: { secret: 7 },
      backstageTokenExpiration: 'soon',
      alow: { domains: ['acme.example'] },
      providers: { guest },
    },
  });
  if (!said) return;
  // The settings are a service, and Backstage's host names the service whose factory threw.
  assert.match(said, /Plugin 'auth' startup failed; caused by .*, ConfigError: the config has 3 problems/);
  assert.match(said, /auth\.session\.secret must be a string, not a number/);
  assert.match(said, /auth\.backstageTokenExpiration must be a duration/);
  assert.match(said, /auth\.alow is not a known key\n\s+Did you mean 'allow'\?/);
});

test('a fault inside the block of one provider disables that one', async (context) => {
  const resolvers = [{ resolver: 'usernameMatchingUserEntityNam' }];
  const backstage = await start(context, {
    parts: ['ours', 'vestibule:guest', 'vestibule:github', 'backstage:gitlab', 'backstage:google'],
    auth: {
      providers: {
        guest,
        github: { development: { clientId: 'no secret' } },
        gitlab: gitlab({ signIn: { resolvers } }),
        google: { development: { clientId: 'no secret' } },
      },
    },
  });
  if (!backstage) return;
  await signInAsGuest(backstage);
  const output = backstage.output();
  for (const [providerId, reason] of [
    ['github', 'auth.providers.github.development.clientSecret is missing'],
    ['gitlab', "auth.providers.gitlab: Sign-in resolver 'usernameMatchingUserEntityNam' is not available"],
    ['google', "Missing required config value at 'auth.providers.google.development.clientSecret'"],
  ]) {
    const line = output.split('\n').find((one) => one.includes(`'${providerId}' is disabled`));
    assert.ok(line?.includes(reason), `${providerId}: ${line}`);
    const answer = await createBrowser().send(
      `${backstage.baseUrl}/api/auth/${providerId}/start?env=development`,
    );
    assert.equal(answer.status, 404, answer.text);
    assert.equal(JSON.parse(answer.text).error.code, 'ERR_AUTH_PROVIDER_DISABLED');
  }
});

test('a module that throws in its handlers fails on its own routes only, and its words stay inside', async (context) => {
  const backstage = await start(context, {
    parts: ['ours', 'backstage:guest', 'broken'],
    auth: {
      providers: {
        guest: { dangerouslyAllowOutsideDevelopment: true },
        broken: { development: {} },
        halfway: { development: {} },
      },
    },
    // In development the page tells all.
    env: { NODE_ENV: 'production' },
  });
  if (!backstage) return;
  const { baseUrl } = backstage;
  const browser = createBrowser();
  const broken = await browser.send(`${baseUrl}/api/auth/broken/start?env=development`);
  assert.equal(broken.status, 503, broken.text);
  assert.equal(JSON.parse(broken.text).error.code, 'ERR_PROVIDER_UNAVAILABLE');
  const halfway = await browser.send(`${baseUrl}/api/auth/halfway/start?env=development&origin=${baseUrl}`);
  const state = new URL(halfway.headers.get('location')).searchParams.get('state');
  const page = await browser.send(`${baseUrl}/api/auth/halfway/handler/frame?code=x&state=${state}`);
  assert.equal(readAnswer(page.text).error.code, 'ERR_PROVIDER_UNAVAILABLE');
  for (const { text } of [broken, page]) assert.doesNotMatch(text, /what-the-module-keeps|on purpose/);
  assert.match(backstage.output(), /broken on purpose/);
  await signInAsGuest(backstage);
});

test('vestibule explain reads the config of such a backend, and tells why somebody was refused', async (context) => {
  const resolvers = [{ resolver: 'userIdMatchingUserEntityAnnotation' }];
  const providers = { gitlab: gitlab({ audience: await startFakeGitLab(context), signIn: { resolvers } }) };
  const backstage = await start(context, { parts: ['ours', 'backstage:gitlab'], auth: { providers } });
  if (!backstage) return;
  const { error } = await signIn(createBrowser(), backstage.baseUrl);
  assert.equal(error.code, 'ERR_RESOLVER_NO_MATCH');
  const command = [cli, 'explain', error.reference, '--config', backstage.configFile];
  const told = execFileSync(process.execPath, command, { encoding: 'utf8' });
  assert.match(told, /sign-in with 'gitlab' \(development\) refused: ERR_RESOLVER_NO_MATCH/);
  assert.match(told, /catalog: kind \+ metadata\.annotations\.127\.0\.0\.1\/user-id {2}0 hits/);
});

test('two modules for one provider are refused, and the later one is named', async (context) => {
  const said = await refusalOf(context, {
    parts: ['ours', 'backstage:gitlab', 'rival'],
    auth: { providers: { gitlab: gitlab() } },
  });
  if (!said) return;
  assert.match(
    said,
    /Module 'rival-provider' for plugin 'auth' startup failed; caused by ConflictError: Auth provider 'gitlab' was already registered/,
  );
});

test('our guest module and theirs do not go together, and the host says so', async (context) => {
  const said = await refusalOf(context, {
    parts: ['ours', 'backstage:guest', 'vestibule:guest'],
    auth: { providers: { guest } },
  });
  if (!said) return;
  assert.match(said, /Module 'guest-provider' for plugin 'auth' is already registered/);
});

test('a provider without its module is a warning that names the package, and a key of somebody else is one', async (context) => {
  const backstage = await start(context, {
    parts: ['ours', 'vestibule:guest'],
    auth: { providers: { guest, gitlab: gitlab(), github: gitlab() }, acme: { key: 1 } },
  });
  if (!backstage) return;
  const output = backstage.output();
  assert.match(
    output,
    /auth\.providers\.gitlab is configured, but no module provides 'gitlab'\. Add one: backend\.add\(import\('@backstage\/plugin-auth-backend-module-gitlab-provider'\)\)/,
  );
  assert.match(output, /import\('@vestibule\/plugin-auth-backend-module-github-provider'\)/);
  assert.match(output, /auth\.acme is no key of ours, and is left to whoever reads it/);
  await signInAsGuest(backstage);
});

for (const both of [
  ['theirs', 'ours'],
  ['ours', 'theirs'],
]) {
  test(`both auth plugins, ${both.join(' first, then ')}, are refused by the host`, async (context) => {
    const said = await refusalOf(context, {
      parts: [...both, 'backstage:gitlab'],
      auth: { providers: { gitlab: gitlab() } },
    });
    if (!said) return;
    assert.match(
      said,
      /Plugin 'auth' startup failed; caused by Error: ExtensionPoint with ID 'auth\.providers' is already registered/,
    );
  });
}

test('when their host stops, nothing of ours is left open', async (context) => {
  const of = async (parts, use) => {
    const backstage = await start(context, { parts, auth: { providers: { guest } } });
    if (!backstage) return undefined;
    await use?.(backstage);
    return (await stopDropIn(backstage)).sort();
  };
  const without = await of(['empty']);
  const handles = await of(['ours', 'backstage:guest'], signInAsGuest);
  assert.deepEqual(handles, without);
});
