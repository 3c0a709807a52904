/** How a start fails: what a browser is shown, what a program gets, and with which status. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const nowhere = 'http://127.0.0.1:1/.well-known/openid-configuration';
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({ oidc: { metadataUrl: nowhere } });
});
afterAll(async () => portal.stop());

async function start(
  query: Record<string, string>,
  options: { provider?: string; headers?: Record<string, string> } = {},
) {
  const { provider = 'oidc', headers = asBrowser } = options;
  const browser = new Browser();
  const answer = await browser.send(`${portal.base}/${provider}/start?${new URLSearchParams(query)}`, {
    headers,
  });
  expect(browser.cookies.size).toBe(0);
  return answer;
}

describe('a start whose provider is away', () => {
  it('shows a page with status 503, which tells the window that opened it', async () => {
    const answer = await start({ env: 'development', origin: appOrigin, flow: 'popup' });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([
      503,
      'text/html; charset=utf-8',
      '5',
    ]);
    const { message, origin } = readAnswerPage(answer.text);
    expect({ message, origin }).toEqual({
      origin: appOrigin,
      message: {
        type: 'authorization_response',
        error: {
          name: 'ServiceUnavailableError',
          code: 'ERR_PROVIDER_UNAVAILABLE',
          message: 'The sign-in provider cannot be reached right now. Please try again in a moment.',
          reference: expect.stringMatching(/^[0-9a-f]{10}$/),
        },
      },
    });
    expect(answer.text).toContain(`reference ${message?.error?.reference}`);
    expect(answer.text).toContain(`href="${appOrigin}"`);
  });

  it('shows the page, and posts nothing, in the redirect flow', async () => {
    const redirectUrl = `${appOrigin}/catalog`;
    const answer = await start({ env: 'development', origin: appOrigin, flow: 'redirect', redirectUrl });
    expect([answer.status, answer.headers.get('location')]).toEqual([503, null]);
    expect(answer.text).toContain('You are not signed in');
    expect(answer.text).not.toContain('<script');
  });

  it('answers a program with JSON, by the same status and code', async () => {
    const answer = await start({ env: 'development' }, { headers: { accept: 'application/json' } });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    const { error } = JSON.parse(answer.text) as { error: Record<string, string> };
    expect(error).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'ERR_PROVIDER_UNAVAILABLE',
      reference: expect.stringMatching(/^[0-9a-f]{10}$/),
    });
    expect(answer.text).not.toMatch(/127\.0\.0\.1:1\b/);
  });
});

describe('a start that is asked for wrongly', () => {
  it.each([
    ['an environment that nobody configured', { env: 'nope' }, {}, 404, 'ERR_AUTH_ENV_UNKNOWN'],
    ['no environment', {}, {}, 400, 'ERR_AUTH_ENV_MISSING'],
    ['scopes that are none', { env: 'development', scope: 'a"b' }, {}, 400, 'ERR_AUTH_SCOPE_INVALID'],
    ['a provider that nobody installed', {}, { provider: 'nobody' }, 404, 'ERR_AUTH_PROVIDER_UNKNOWN'],
    ['a provider without a page', {}, { provider: 'guest' }, 501, 'ERR_AUTH_NOT_OFFERED'],
  ])('for %s shows a page, and tells the window that opened it', async (_, query, options, status, code) => {
    const answer = await start({ ...query, origin: appOrigin, flow: 'popup' }, options);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('You cannot sign in this way');
    expect(readAnswerPage(answer.text)).toMatchObject({ origin: appOrigin, message: { error: { code } } });
  });

  it('posts nothing where the target is what is wrong', async () => {
    const answer = await start({ env: 'nope', origin: 'http://evil.example', flow: 'popup' });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toMatch(/<script|evil/);
  });
});

describe('a callback that belongs to no sign-in', () => {
  it.each([
    ['env=development&error=access_denied', 'ERR_AUTH_STATE_MISSING'],
    ['code=x', 'ERR_AUTH_ENV_MISSING'],
    ['state=a&state=b', 'ERR_AUTH_PARAMETER_REPEATED'],
  ])('is a page with status 400 for a person, and JSON for a program: %s', async (query, code) => {
    const url = `${portal.base}/oidc/handler/frame?${query}`;
    const page = await new Browser().send(url, { headers: asBrowser });
    expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(page.text).toContain(`Code ${code}.`);
    expect(page.text).not.toMatch(/<script|access_denied/);
    const program = await new Browser().send(url);
    expect([program.status, JSON.parse(program.text)]).toMatchObject([400, { error: { code } }]);
  });
});
