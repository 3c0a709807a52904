/** What a decision must not tell, whom it must not tell it, and who may not fill its table. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { testDatabases } from '@vestibule/backend-test-utils';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { tables } from '../database/migrations.ts';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import { startPortal, type Portal } from '../testing/portal.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));
const [{ config, connect }] = databases as [(typeof databases)[0]];

/** Values that look like words, so that nothing but knowing them keeps them out. */
const canaries = {
  accessToken: 'canary-access-token',
  refreshToken: 'canary-refresh-token',
  idToken: 'canary-identity-token',
  address: 'canary.person@canary.example',
  clientSecret: 'a-client-secret-for-tests',
  sessionSecret: 'a-session-secret-for-tests',
};

describe('a decision', () => {
  const acme = createAcmeProvider();
  const catalog = createMemoryCatalog();
  const honest = { ...catalog };
  let portal: Awaited<ReturnType<typeof startAcmePortal>>;
  beforeAll(async () => {
    portal = await startAcmePortal({ acme, database: config, catalog });
  });
  afterEach(() => {
    acme.reset();
    Object.assign(catalog, honest);
  });
  afterAll(async () => portal.stop());

  /** Everything that was written anywhere for the sign-ins of a test. */
  async function written(): Promise<string> {
    const rows = await (await connect('auth'))(tables.records).select('record');
    return [...portal.logs, ...rows.map(({ record }: { record: string }) => record)].join('\n');
  }

  it.each(['the provider', 'the catalog', 'a refresh'])(
    'and the log hold no token, code, secret or address that %s quotes in its errors',
    async (who) => {
      const browser = new Browser();
      const callback = await portal.reachAcmeCallback(browser);
      const state = new URL(callback).searchParams.get('state') ?? '';
      const code = 'canary-authorization-code';
      const grant = {
        ...grantOf(canaries),
        profile: { email: canaries.address, displayName: 'Canary Person' },
      };
      // What is not known to be a token, before an exchange has succeeded, is told from words by its looks only.
      const { address, clientSecret, sessionSecret, ...tokens } = canaries;
      const quoted = [address, clientSecret, sessionSecret, state];
      if (who !== 'the provider') quoted.push(...Object.values(tokens));
      if (who !== 'a refresh') quoted.push(code);
      const talkative = () => Promise.reject(new Error(`failed for ${quoted.join(' and ')}\n at once`));
      acme.exchange = async () => (who === 'the provider' ? talkative() : Promise.resolve(grant));
      if (who === 'the catalog') Object.assign(catalog, { getEntities: talkative });
      if (who === 'a refresh') {
        acme.exchange = async () => Promise.resolve({ ...grant, profile: { email: 'jane@example.com' } });
        acme.refresh = talkative;
      }
      const answer = await browser.send(callback.replace('code=code', `code=${code}`));
      if (who === 'a refresh') {
        portal.clock.advance(3_600_000);
        await portal.acmeRefresh(browser);
        portal.clock.reset();
      }
      const everything = await written();
      expect(everything).toContain('failed for');
      for (const canary of quoted) {
        expect(everything).not.toContain(canary);
        if (who !== 'a refresh') expect(answer.text).not.toContain(canary);
      }
      expect(everything).not.toMatch(/Canary Person|jane@example\.com/);
    },
  );

  it('of a refusal names nobody', async () => {
    acme.exchange = async () => Promise.resolve(grantOf());
    const jane = catalog.entities.filter(({ metadata }) => metadata.name === 'jane');
    Object.assign(catalog, { getEntities: async () => Promise.resolve({ items: [...jane, ...jane] }) });
    const { message } = await portal.acmeSignIn(new Browser());
    expect(message?.error?.code).toBe('ERR_AMBIGUOUS_MATCH');
    const row = await (
      await connect('auth')
    )<{ reference: string; record: string }>(tables.records)
      .where('reference', message?.error?.reference ?? '')
      .first('record');
    expect(row?.record).not.toMatch(/jane/i);
  });
});

describe('in production', () => {
  let portal: Portal;
  beforeAll(async () => {
    portal = await startPortal({
      isProduction: true,
      database: config,
      auth: { environment: 'development', session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' } },
      oidc: { clientSecret: 'a-client-secret-for-tests' },
    });
  });
  afterAll(async () => portal.stop());

  it('neither the page nor a route tells anything of a decision but its code and reference', async () => {
    const { answer, message } = await portal.signIn(new Browser(), 'kim');
    const { reference = 'none', ...error } = message?.error ?? {};
    expect(error).toEqual({
      name: 'NotAllowedError',
      code: 'ERR_RESOLVER_NO_MATCH',
      message: expect.stringContaining('does not belong to a user of this portal'),
    });
    expect(answer.text).toContain(reference);
    expect(answer.text).not.toMatch(/<pre>|For the operator|emailMatching|spec\.profile|example\.com|0 hits/);

    const asked = await fetch(`${portal.base}/v1/decisions/${reference}`);
    const unknown = await fetch(`${portal.base}/v1/nothing/${reference}`);
    const expected = (await unknown.text()).replace('nothing', 'decisions');
    expect([asked.status, await asked.text()]).toEqual([404, expected]);
  });

  it('nobody fills the table with callbacks that open no attempt, spent attempts, or starts', async () => {
    const knex = await connect('auth');
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'kim');
    const cookies = new Map(browser.cookies);
    await browser.send(callback);
    await knex(tables.records).delete();

    for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
    expect((await browser.send(callback)).text).toContain('ERR_AUTH_ATTEMPT_REPLAYED');
    expect((await new Browser().send(callback)).text).toContain('ERR_AUTH_STATE_MISMATCH');
    await portal.start(new Browser(), { origin: 'https://evil.example' });
    await portal.refresh(new Browser());
    expect(await knex(tables.records)).toEqual([]);
  });
});

it('a page in development cannot be broken out of by what stands in a decision', async () => {
  const acme = createAcmeProvider();
  const portal = await startAcmePortal({ acme });
  acme.exchange = async () =>
    Promise.reject(new Error('</pre><script>alert(1)</script><img src=x onerror=alert(1)>'));
  const { answer } = await portal.acmeSignIn(new Browser());
  await portal.stop();
  expect(answer.text).toContain('&lt;/pre&gt;&lt;script&gt;');
  expect(answer.text).not.toMatch(/<img|<script>alert/);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'$/,
  );
});

it('a decision holds no whole address where a resolver makes one a key, or a reference', async () => {
  const acme = createAcmeProvider();
  const resolvers = createBackendModule({
    pluginId: 'auth',
    moduleId: 'careless',
    register({ registerInit }) {
      registerInit({
        deps: { resolvers: signInResolverExtensionPoint },
        init: ({ resolvers: registry }) =>
          registry.add({
            provider: 'acme',
            name: 'careless',
            resolver: async ({ profile: { email = '' } }, ctx) =>
              ctx.signInWithCatalogUser({ annotations: { [`acme.org/${email}`]: 'yes' } }),
          }),
      });
    },
  });
  const portal = await startAcmePortal({
    acme,
    features: [resolvers],
    auth: { signIn: { onMissing: 'ephemeral' } },
    settings: { signIn: { resolvers: [{ resolver: 'careless' }] } },
    database: config,
  });
  acme.exchange = async () => Promise.resolve({ ...grantOf(), profile: { email: 'kim.lee@example.com' } });
  const { message } = await portal.acmeSignIn(new Browser());
  await portal.stop();
  const sub = message?.response?.backstageIdentity?.identity.userEntityRef;
  expect(sub).toBe('user:ephemeral/kim.lee@example.com');
  const rows = await (await connect('auth'))(tables.records).select('record');
  const everything = [...portal.logs, ...rows.map(({ record }: { record: string }) => record)].join('\n');
  expect(everything).toContain('user:ephemeral/k…@example.com');
  expect(everything).toContain('"query":"kind + k…@example.com"');
  expect(everything).not.toContain('kim.lee');
});
