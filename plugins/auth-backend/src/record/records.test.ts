/** From a sign-in to the record that explains it, on each database. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@vestibule/backend-plugin-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '@vestibule/backend-test-utils';
import { ProviderAnswerInvalidError, printRecord, type SignInRecord } from '@vestibule/plugin-auth-node';
import { tables } from '../database/migrations.ts';
import { createAcmeProvider, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';
import { createRecordReader } from './recordReader.ts';

const databases = await testDatabases();
afterAll(async () => Promise.all(databases.map(async (database) => database.cleanup())));

const strong = { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' };

const explain = async (base: string, reference: string) =>
  fetch(`${base}/v1/decisions/${reference}`, { headers: { origin: appOrigin } });

describe.each(databases)('decisions on $name', ({ config, connect }) => {
  let portal: Portal;
  beforeAll(async () => {
    portal = await startPortal({ database: config });
  });
  afterAll(async () => portal.stop());

  it("can be found with the reference of Kim's refusal as soon as she sees it", async () => {
    const { message } = await portal.signIn(new Browser(), 'kim');
    const reference = message?.error?.reference ?? '';
    const record = await createRecordReader(await connect('auth'), systemClock).find(reference);
    expect(record).toEqual({
      version: 1,
      reference,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      event: 'sign-in',
      provider: 'oidc',
      environment: 'development',
      outcome: 'refused',
      code: 'ERR_RESOLVER_NO_MATCH',
      operator: expect.stringContaining('Add a User entity'),
      inputs: expect.objectContaining({ email: 'k…@example.com', displayName: 'given' }),
      claims: { userinfo: ['sub', 'name', 'email', 'email_verified'] },
      transforms: [],
      gates: [],
      resolvers: [
        { resolver: 'emailMatchingUserEntityProfileEmail', verdict: 'pass', code: 'ERR_USER_NOT_FOUND' },
      ],
      catalog: [
        {
          query: 'spec.profile.email + kind',
          hits: 0,
          resolver: 'emailMatchingUserEntityProfileEmail',
        },
      ],
      errors: [expect.objectContaining({ name: 'NotAllowedError', code: 'ERR_RESOLVER_NO_MATCH' })],
      milliseconds: expect.any(Number),
    });
  });

  it("says of Sam's that the provider does not vouch for the address", async () => {
    const { message } = await portal.signIn(new Browser(), 'sam');
    const answer = await explain(portal.base, message?.error?.reference ?? '');
    const { decision, text } = (await answer.json()) as { decision: SignInRecord; text: string };
    expect(decision).toMatchObject({ outcome: 'refused', code: 'ERR_EMAIL_NOT_VERIFIED', catalog: [] });
    expect(decision.inputs).not.toHaveProperty('email');
    expect(text).toContain(
      'The provider says email_verified: false beside the address. The person verifies it there',
    );
  });

  it('says of an allowed sign-in who it was and what they own, within a second of it', async () => {
    await portal.signIn(new Browser(), 'jane');
    const reference = portal.logs.flatMap((line) => {
      const { message, reference: found } = JSON.parse(line) as Record<string, string>;
      return message === "sign-in with 'oidc' allowed" ? [found ?? ''] : [];
    });
    const { decision } = (await (await explain(portal.base, reference.at(-1) ?? '')).json()) as {
      decision: SignInRecord;
    };
    expect(decision).toMatchObject({
      outcome: 'allowed',
      userEntityRef: 'user:default/jane',
      ownership: { size: 3, source: 'direct' },
      resolvers: [{ verdict: 'identity' }],
    });
    expect(decision).not.toHaveProperty('code');
  });

  it("keeps the provider's words about a start for the operator: no page has them", async () => {
    const words = 'The tenant acme is suspended until March';
    const provider = createServer((_, response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: words }));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const { port } = provider.address() as AddressInfo;
    const suspended = await startPortal({
      idp: portal.idp,
      database: config,
      oidc: { metadataUrl: `http://127.0.0.1:${port}/.well-known/openid-configuration` },
    });
    const query = new URLSearchParams({ env: 'development', origin: appOrigin, flow: 'popup' });
    const url = `${suspended.base}/oidc/start?${query}`;
    const page = await new Browser().send(url, { headers: { accept: 'text/html' } });
    const { code = '', reference = '' } = readAnswerPage(page.text).message?.error ?? {};
    expect([page.status, code]).toEqual([503, 'ERR_PROVIDER_UNAVAILABLE']);
    // The tree is there, without them.
    expect(page.text).toContain('<pre ');
    const program = await new Browser().send(url, { headers: { accept: 'application/json' } });
    const shown = await (await explain(suspended.base, reference)).text();
    for (const text of [page.text, program.text, shown]) expect(text).not.toContain('suspended');
    expect(suspended.logs.find((line) => line.includes(reference))).toContain(words);
    const record = await createRecordReader(await connect('auth'), systemClock).find(reference);
    expect(record && printRecord(record)).toContain(`the provider said: ${words}`);
    await suspended.stop();
    provider.closeAllConnections();
    await new Promise((resolve) => provider.close(resolve));
  });
});

describe('in development', () => {
  let portal: Portal;
  beforeAll(async () => {
    portal = await startPortal();
  });
  afterAll(async () => portal.stop());

  it('the page shows the tree that the route answers, and nothing may store either', async () => {
    const { answer, message } = await portal.signIn(new Browser(), 'kim');
    const explained = await explain(portal.base, message?.error?.reference ?? '');
    const { decision, text } = (await explained.json()) as { decision: SignInRecord; text: string };
    expect(explained.headers.get('cache-control')).toBe('no-store');
    expect(text).toBe(printRecord(decision));
    const [, shown = ''] = /<pre[^>]*>([^<]*)<\/pre>/.exec(answer.text) ?? [];
    expect(unescaped(shown)).toBe(text);
    expect(text).toContain('├─ the provider gave: email k…@example.com, displayName');
  });

  it('explains a start that was refused, too', async () => {
    const away = await startPortal({
      oidc: { metadataUrl: 'http://127.0.0.1:1/.well-known/openid-configuration' },
    });
    const { text } = await away.start(new Browser());
    const { error } = JSON.parse(text) as { error: { reference: string } };
    expect((await explain(away.base, error.reference)).status).toBe(200);
    await away.stop();
  });

  it.each(['ffffffffff', 'x', "'--"])('a reference that nobody has is 404: %s', async (reference) => {
    const answer = await explain(portal.base, reference);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      expect.objectContaining({ error: expect.objectContaining({ name: 'NotFoundError' }) }),
    ]);
  });
});

it('keeps refused refreshes, and leaves allowed ones to the log', async () => {
  const [database] = databases;
  const acme = createAcmeProvider();
  const portal = await startAcmePortal({
    acme,
    database: database!.config,
    isProduction: true,
    session: strong,
  });
  const knex = await database!.connect('auth');
  await knex(tables.records).delete();
  const browser = new Browser();
  await portal.acmeSignIn(browser);
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  acme.refresh = async () => Promise.reject(new ProviderAnswerInvalidError('signature'));
  portal.clock.advance(3_600_000);
  expect((await portal.acmeRefresh(browser)).answer.status).toBe(401);
  await portal.stop();
  const rows = await knex(tables.records).orderBy('at').select('share', 'outcome', 'code', 'provider');
  expect(rows).toEqual([
    { share: 'login', outcome: 'allowed', code: null, provider: 'acme' },
    { share: 'session', outcome: 'refused', code: 'ERR_PROVIDER_ANSWER_INVALID', provider: 'acme' },
  ]);
});

it('keeps refused proxy sign-ins, and leaves allowed ones to the log', async () => {
  const [database] = databases;
  const knex = await database!.connect('auth');
  const guest = async (isProduction: boolean) => {
    await knex(tables.records).delete();
    const portal = await startPortal({
      database: database!.config,
      auth: { session: strong, providers: { guest: {} } },
      isProduction,
    });
    const headers = { 'x-requested-with': 'XMLHttpRequest', origin: appOrigin };
    const { status } = await fetch(`${portal.base}/guest/refresh?env=development`, { headers });
    await portal.stop();
    return { status, kept: await knex(tables.records).select('share', 'code') };
  };
  expect(await guest(false)).toEqual({ status: 200, kept: [] });
  expect(await guest(true)).toEqual({
    status: 403,
    kept: [{ share: 'unproven', code: 'ERR_GUEST_NOT_ALLOWED' }],
  });
});

function unescaped(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
