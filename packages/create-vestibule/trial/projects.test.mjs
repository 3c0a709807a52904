// `npm create vestibule`, from tarballs, in an empty folder: each project installs, builds, passes its tests, starts by `npm start`,
// and a browser signs in. Needs what is built, Chromium, PostgreSQL and the package registry.
//
// What differs in code, and so has a run: the four purposes; inside Backstage, the database; the logins of the resolver's test, by
// provider. Else an answer adds lines of its own to a config and, inside, one import: all of them at once have a run, and so do
// both databases. That every one of the 140 combinations is whole is for src/planProject.test.ts.
//   node --test packages/create-vestibule/trial/projects.test.mjs
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp } from '@vestibule/dev-idp';
import { startEmulatedGitHub } from '@vestibule/emulated-vendors';
import { makePackedFolder } from '../../../scripts/pack/packedFolder.mjs';
import {
  asLogin,
  asPerson,
  launchBrowser,
  refusedOnPage,
  signInOnPage,
  signInOnSmallPage,
} from './browser.mjs';
import {
  answer,
  createCommand,
  freePort,
  imageOf,
  installAndTest,
  installFrom,
  run,
  start,
  temporaryFolder,
} from './kit.mjs';

const jane = 'user:default/jane';
const oidc = 'Sign in with OpenID Connect';
/** As Node's test runner says it: in TAP, or for people. */
const passed = (count) => new RegExp(`^(?:#|ℹ) pass ${count}$`, 'm');
/** Lines of a log that warn, other than what is said of the machine: that a container's loopback is its own. */
const complaints = (log) =>
  log
    .split('\n')
    .filter((line) => /"level":"(?:warn|error)"/.test(line) && !line.includes('only this container reaches'));
const everyProvider = 'oidc,google,github,guest';

test('npm create vestibule', async (context) => {
  const folder = temporaryFolder(context);
  const packed = join(folder, 'packed');
  makePackedFolder(packed);
  const browser = await launchBrowser(context);
  const create = async (name, ...args) => {
    await run(folder, ...createCommand(packed, name, ...args));
    return join(folder, name);
  };
  const has = (project, file) => existsSync(join(project, file));

  let portal;
  await context.test('a portal with every provider, on SQLite', async (step) => {
    portal = await create('portal', '--for=portal', `--providers=${everyProvider}`, '--database=sqlite');
    assert.match(await installAndTest(portal), passed(9));
    expectSchema(portal);

    const port = await freePort();
    const { github, environment } = await gitHubFor(step, port);
    const { url, printed, stop } = await start(step, portal, {
      port,
      environment: {
        ...environment,
        GOOGLE_CLIENT_ID: 'the-client-at-google',
        GOOGLE_CLIENT_SECRET: secret(),
      },
    });
    await signInOnPage(browser, url, { button: oidc, enter: asPerson('Jane'), who: jane });
    await signInOnPage(browser, url, { button: 'Sign in with GitHub', enter: asLogin('jane'), who: jane });
    await signInOnPage(browser, url, { button: 'Continue as Guest', who: 'user:development/guest' });
    await refusedOnPage(browser, url, {
      button: oidc,
      enter: asPerson('Kim'),
      code: 'ERR_RESOLVER_NO_MATCH',
    });
    assert.equal(github.requests().length > 0, true);
    // Its addresses are Google's own, so that nobody can sign in there: people are sent there, with the right client.
    const location = await startOf(url, 'google');
    assert.equal(location.origin, 'https://accounts.google.com');
    assert.equal(location.searchParams.get('client_id'), 'the-client-at-google');
    assert.equal(location.searchParams.get('redirect_uri'), `${url}/api/auth/google/handler/frame`);

    assert.deepEqual(complaints(printed()), []);
    assert.match(await explain(portal), /ERR_RESOLVER_NO_MATCH/);
    await stop();
    assert.equal(has(portal, 'data/auth.sqlite'), true);
  });

  await context.test('the same in production, of what its Dockerfile copies', async (step) => {
    const image = join(folder, 'image');
    const command = await imageOf(portal, image);
    assert.equal(has(image, 'node_modules/@vestibule/dev-idp'), false);
    const port = await freePort();
    const client = { clientId: 'portal', clientSecret: secret() };
    const redirectUris = [`http://localhost:${port}/api/auth/oidc/handler/frame`];
    const idp = await startDevIdp({ clients: [{ ...client, redirectUris }] });
    step.after(async () => idp.stop());
    const { url, stop, exitCode } = await start(step, image, {
      command,
      port,
      environment: {
        NODE_ENV: 'production',
        BACKSTAGE_ENV: 'production',
        PUBLIC_URL: `http://localhost:${port}`,
        DATA_DIRECTORY: join(folder, 'volume'),
        AUTH_SESSION_SECRET: secret(),
        COMPANY_DOMAIN: 'example.com',
        OIDC_METADATA_URL: idp.metadataUrl,
        OIDC_CLIENT_ID: client.clientId,
        OIDC_CLIENT_SECRET: client.clientSecret,
        GOOGLE_CLIENT_ID: 'the-client-at-google',
        GOOGLE_CLIENT_SECRET: secret(),
        GITHUB_CLIENT_ID: 'the-client-at-github',
        GITHUB_CLIENT_SECRET: secret(),
      },
    });
    await signInOnPage(browser, url, { button: oidc, enter: asPerson('Jane'), who: jane });
    await stop();
    assert.equal(exitCode(), 0);
    assert.equal(has(folder, 'volume/auth.sqlite'), true);
  });

  let asked;
  await context.test('a portal on PostgreSQL, asked for on a terminal', async (step) => {
    const shown = await answer(folder, createCommand(packed), [
      { after: 'What is it for?', press: '\r' },
      { after: 'In which folder?', press: 'asked\r' },
      { after: 'How do people sign in?', press: '\r' },
      { after: 'Your OpenID Provider?', press: '\r' },
      { after: 'Which database?', press: '\u001b[B\r' },
    ]);
    assert.match(shown, /Written: .*\/asked/);
    assert.match(shown, /npm start {6}# http:\/\/localhost:7007/);
    asked = join(folder, 'asked');
    assert.match(await installAndTest(asked), passed(3));
    const { url, printed } = await start(step, asked, { environment: await postgresFor(step) });
    await signInOnPage(browser, url, { button: oidc, enter: asPerson('Jane'), who: jane });
    assert.deepEqual(complaints(printed()), []);
    assert.equal(has(asked, 'data'), false);
  });

  await context.test('cancelled on a terminal, nothing is written', async () => {
    await assert.rejects(
      answer(folder, createCommand(packed), [
        { after: 'What is it for?', press: '\r' },
        { after: 'In which folder?', press: '\u0003' },
      ]),
      /ended with 130[^]*Nothing was written/,
    );
    assert.equal(has(folder, 'my-portal'), false);
  });

  for (const provider of ['github', 'google', 'guest'])
    await context.test(`a portal with ${provider} alone builds, and its tests pass`, async () => {
      const project = await create(provider, '--for=portal', `--providers=${provider}`, '--database=sqlite');
      await installFrom(asked, project);
      assert.match(await run(project, 'npm', 'test'), passed(3));
    });

  let backstage;
  await context.test('inside Backstage with every provider, on SQLite', async (step) => {
    backstage = await create('inside', '--for=inside', `--providers=${everyProvider}`, '--database=sqlite');
    assert.match(await installAndTest(backstage), passed(9));
    expectSchema(backstage);
    const port = await freePort();
    const { environment } = await gitHubFor(step, port);
    const { url } = await start(step, backstage, {
      port,
      environment: {
        ...environment,
        ...operator,
        GOOGLE_CLIENT_ID: 'the-client-at-google',
        GOOGLE_CLIENT_SECRET: secret(),
      },
    });
    await untilInCatalog(url);
    await signInOnSmallPage(browser, url, {
      button: 'Sign in with oidc',
      enter: asPerson('Jane'),
      who: jane,
    });
    await signInOnSmallPage(browser, url, {
      button: 'Sign in with github',
      enter: asLogin('jane'),
      who: jane,
    });
    await signInOnSmallPage(browser, url, { button: 'Sign in with guest', who: 'user:development/guest' });
    assert.equal((await startOf(url, 'google')).origin, 'https://accounts.google.com');
    assert.equal(has(backstage, 'data/auth.sqlite'), true);
  });

  await context.test('beside Backstage, whose catalog it asks and which takes its users', async (step) => {
    const project = await create('beside', '--for=beside', '--providers=oidc', '--database=sqlite');
    await installFrom(asked, project);
    assert.match(await run(project, 'npm', 'test'), passed(3));
    const alone = await start(step, project);
    await signInOnPage(browser, alone.url, { button: oidc, enter: asPerson('Jane'), who: jane });
    await alone.stop();

    // The third step of its README.
    const config = join(project, 'app-config.development.yaml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace('fileCatalog:\n  path: catalog.yaml\n', ''));
    assert.notEqual(readFileSync(config, 'utf8'), text);
    const [port, theirPort] = [await freePort(), await freePort()];
    const [ours, theirs] = await Promise.all([
      start(step, project, { port, environment: { BACKSTAGE_URL: `http://localhost:${theirPort}` } }),
      startBackstageWithoutAuth(step, backstage, { beside: project, port, theirPort }),
    ]);
    await untilInCatalog(theirs.url);
    const { backstageIdentity } = await signInOnPage(browser, ours.url, {
      button: oidc,
      enter: asPerson('Jane'),
      who: jane,
    });
    const entity = `${theirs.url}/api/catalog/entities/by-name/user/default/jane`;
    assert.equal((await fetch(entity)).status, 401);
    const authorization = `Bearer ${backstageIdentity.token}`;
    const answered = await fetch(entity, { headers: { authorization } });
    assert.equal(answered.status, 200, await answered.text());
  });

  await context.test(
    "inside Backstage on PostgreSQL, through Backstage's own database service",
    async (step) => {
      const project = await create(
        'inside-postgresql',
        '--for=inside',
        '--providers=oidc',
        '--database=postgresql',
      );
      await installFrom(backstage, project, { isLast: true });
      assert.match(await run(project, 'npm', 'test'), passed(3));
      const { url } = await start(step, project, {
        environment: { ...operator, ...(await postgresFor(step)) },
      });
      await untilInCatalog(url);
      await signInOnSmallPage(browser, url, {
        button: 'Sign in with oidc',
        enter: asPerson('Jane'),
        who: jane,
      });
    },
  );

  await context.test('a plugin on the core, on SQLite and on PostgreSQL', async (step) => {
    const project = await create('framework', '--for=framework', '--database=sqlite');
    assert.match(await installAndTest(project), passed(3));
    await expectVisits(browser, await start(step, project));
    assert.equal(has(project, 'data/visits.sqlite'), true);

    const other = await create('framework-postgresql', '--for=framework', '--database=postgresql');
    await installFrom(project, other);
    await expectVisits(browser, await start(step, other, { environment: await postgresFor(step) }));
    assert.equal(has(other, 'data'), false);
  });

  await context.test('a folder that has something in it is left alone', async () => {
    const before = readdirSync(portal);
    await assert.rejects(
      create('portal', '--yes'),
      /portal is not empty; nothing was written\. In the way:\n {2}\.dockerignore/,
    );
    assert.deepEqual(readdirSync(portal), before);
  });
});

const operatorToken = randomBytes(24).toString('base64url');
/** Lets the trial ask Backstage's catalog. */
const operator = {
  APP_CONFIG_backend_auth_externalAccess: JSON.stringify([
    { type: 'static', options: { token: operatorToken, subject: 'trial' } },
  ]),
};

/** Backstage's catalog reads its files in the background. */
async function untilInCatalog(url) {
  const headers = { authorization: `Bearer ${operatorToken}` };
  const entity = `${url}/api/catalog/entities/by-name/user/default/jane`;
  while ((await fetch(entity, { headers })).status !== 200) await delay(200);
}

/** The Backstage of another project, without sign-in, with the config that `beside` has for it. */
async function startBackstageWithoutAuth(context, backstage, { beside, port, theirPort }) {
  writeFileSync(
    join(backstage, 'withoutAuth.cjs'),
    `const { createBackend } = require('@backstage/backend-defaults');
    const { databaseServiceFactory } = require('@vestibule/backend-defaults');
    const backend = createBackend();
    backend.add(databaseServiceFactory);
    backend.add(import('@backstage/plugin-catalog-backend'));
    backend.start();`,
  );
  const forThem = readFileSync(join(beside, 'backstage/app-config.vestibule.yaml'), 'utf8');
  assert.match(forThem, /http:\/\/localhost:7107\/api/);
  writeFileSync(join(backstage, 'app-config.vestibule.yaml'), forThem.replace(':7107/', `:${port}/`));
  const configs = ['app-config.yaml', 'app-config.development.yaml', 'app-config.vestibule.yaml'];
  return start(context, backstage, {
    port: theirPort,
    command: [process.execPath, 'withoutAuth.cjs', ...configs.flatMap((file) => ['--config', file])],
    environment: { ...operator, NODE_ENV: 'development', DATA_DIRECTORY: 'data-without-auth' },
  });
}

/** What its configs name for editors is there. */
function expectSchema(project) {
  for (const file of readdirSync(project).filter((name) => /^app-config.*\.yaml$/.test(name))) {
    const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(
      readFileSync(join(project, file), 'utf8'),
    );
    assert.equal('auth' in JSON.parse(readFileSync(join(project, path), 'utf8')).properties, true);
  }
}

const secret = () => randomBytes(24).toString('base64url');

/** GitHub on loopback, and what leads a project there. */
async function gitHubFor(context, port) {
  const client = { clientId: 'created', clientSecret: secret() };
  const redirectUris = [`http://localhost:${port}/api/auth/github/handler/frame`];
  const github = await startEmulatedGitHub({ clients: [{ ...client, redirectUris }] });
  context.after(async () => github.stop());
  return {
    github,
    environment: {
      GITHUB_CLIENT_ID: client.clientId,
      GITHUB_CLIENT_SECRET: client.clientSecret,
      APP_CONFIG_auth_providers_github_development_enterpriseInstanceUrl: github.url,
    },
  };
}

/** Databases of its own, which are dropped after. */
async function postgresFor(context) {
  const databases = await testDatabases();
  context.after(async () => Promise.all(databases.map(async (database) => database.cleanup())));
  const { config } = databases.find(({ name }) => name === 'PostgreSQL') ?? {};
  assert.ok(config, 'PostgreSQL is needed');
  const { hostname, port, username, password } = new URL(
    process.env.VESTIBULE_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432',
  );
  return {
    POSTGRES_HOST: hostname,
    POSTGRES_PORT: port || '5432',
    POSTGRES_USER: username,
    POSTGRES_PASSWORD: password,
    APP_CONFIG_backend_database_prefix: config.prefix,
  };
}

/** Where a provider's start route sends people. */
async function startOf(url, provider) {
  const query = new URLSearchParams({ env: 'development', origin: url });
  const started = await fetch(`${url}/api/auth/${provider}/start?${query}`, { redirect: 'manual' });
  assert.equal(started.status, 302, await started.text());
  return new URL(started.headers.get('location'));
}

/** The latest sign-ins, by the command that its README names. */
async function explain(project) {
  const [, line] = /^(node --env-file=\.env .*? explain)/m.exec(
    readFileSync(join(project, 'README.md'), 'utf8'),
  );
  return run(project, 'sh', '-c', line);
}

async function expectVisits(browser, { url, stop }) {
  const page = await browser.newPage();
  for (const visit of [1, 2]) {
    await page.goto(`${url}/api/visits`);
    assert.deepEqual(JSON.parse(await page.locator('body').textContent()), { greeting: 'Welcome', visit });
  }
  await page.close();
  await stop();
}
