/** What the log says, and what it must never say. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Browser } from './testing/browser.ts';
import { startPortal, type Portal } from './testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => portal.stop());

it('holds no token, code, session token, state, secret or address, at any level, whatever goes wrong', async () => {
  const secrets = new Set<string | undefined>(['a-client-secret-for-tests', 'a-session-secret-for-tests']);
  portal.idp.configure({ accessTokenSeconds: 210 });
  const browser = new Browser();
  const callback = await portal.reachCallback(browser, 'jane');
  for (const [name, value] of new URL(callback).searchParams) if (name !== 'iss') secrets.add(value);
  for (const { value } of browser.cookies.values()) secrets.add(value);
  await browser.send(callback);
  for (const { value } of browser.cookies.values()) secrets.add(value);
  portal.clock.advance(60_000);
  const { body } = await portal.refresh(browser);
  secrets
    .add(body?.providerInfo?.accessToken)
    .add(body?.providerInfo?.idToken)
    .add(body?.backstageIdentity?.token);

  for (const token of ['500', 'garbage', 'reset', 'invalid_client'] as const) {
    const other = new Browser();
    const failing = await portal.reachCallback(other, 'kim');
    for (const [name, value] of new URL(failing).searchParams) if (name !== 'iss') secrets.add(value);
    portal.idp.scenario({ token });
    await other.send(failing);
    portal.idp.scenario({});
  }
  await portal.signIn(new Browser(), 'sam');
  await portal.logout(browser);

  const log = portal.logs.join('\n');
  expect(log).toContain('ERR_PROVIDER_UNAVAILABLE');
  expect(log).toContain('ERR_EMAIL_NOT_VERIFIED');
  for (const secret of secrets) {
    expect(secret).toEqual(expect.any(String));
    expect(log).not.toContain(secret);
  }
  expect(log).not.toMatch(/(?:jane|kim|sam)@example\.com/);
});

it('has one record for each attempt, with its steps and the reference that the person sees', async () => {
  const { message } = await portal.signIn(new Browser(), 'kim');
  const reference = message?.error?.reference ?? 'none';
  const lines = portal.logs.filter((line) => line.includes(reference));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
    event: 'sign-in',
    provider: 'oidc',
    outcome: 'refused',
    code: 'ERR_RESOLVER_NO_MATCH',
    inputs: expect.objectContaining({ email: 'k…@example.com', displayName: 'given' }),
    resolvers: [
      expect.objectContaining({ resolver: 'emailMatchingUserEntityProfileEmail', verdict: 'pass' }),
    ],
    catalog: [expect.objectContaining({ query: 'spec.profile.email + kind', hits: 0 })],
    operator: expect.stringContaining('Add a User entity'),
  });
});
