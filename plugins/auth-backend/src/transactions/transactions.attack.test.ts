/** Attacks on the attempt: forged, replayed, swapped and flooded. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({
    oidc: {},
    auth: {},
  });
});
afterAll(async () => portal.stop());

async function codeOf(browser: Browser, callback: string): Promise<string | undefined> {
  const answer = await browser.send(callback);
  expect(answer.status).toBe(200);
  expect(browser.cookies.has('oidc-refresh-token')).toBe(false);
  const { message, origin } = readAnswerPage(answer.text);
  expect(origin).toBe(appOrigin);
  expect(message?.response).toBeUndefined();
  return message?.error?.code;
}

describe('state', () => {
  it('rejects a callback whose state came from another browser', async () => {
    const callback = await portal.reachCallback(new Browser(), 'jane');
    expect(await codeOf(new Browser(), callback)).toBe('ERR_AUTH_STATE_MISMATCH');
  });

  it('rejects a callback with a state that nobody made', async () => {
    const browser = new Browser();
    const callback = new URL(await portal.reachCallback(browser, 'jane'));
    callback.searchParams.set('state', 'A'.repeat(43));
    expect(await codeOf(browser, callback.href)).toBe('ERR_AUTH_STATE_MISMATCH');
  });

  it('rejects a cookie that was changed by one character', async () => {
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'jane');
    const [[name, cookie]] = [...browser.cookies] as [[string, { value: string; path: string }]];
    const middle = Math.floor(cookie.value.length / 2);
    const other = cookie.value[middle] === 'A' ? 'B' : 'A';
    browser.cookies.set(name, {
      ...cookie,
      value: cookie.value.slice(0, middle) + other + cookie.value.slice(middle + 1),
    });
    expect(await codeOf(browser, callback)).toBe('ERR_AUTH_STATE_MISMATCH');
  });

  it('rejects the sealed cookie of one attempt under the name of another', async () => {
    const browser = new Browser();
    await portal.start(browser);
    const [, firstCookie] = [...browser.cookies][0] ?? [];
    const victim = new Browser();
    const callback = await portal.reachCallback(victim, 'jane');
    const [name] = [...victim.cookies.keys()];
    victim.cookies.set(name ?? '', firstCookie ?? { value: '', path: '/' });
    expect(await codeOf(victim, callback)).toBe('ERR_AUTH_STATE_MISMATCH');
  });

  it('refuses a session token where an attempt is expected, and an attempt where a session token is', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    const sessionToken = browser.cookies.get('oidc-refresh-token')?.value ?? '';
    const answer = await browser.send(`${portal.base}/oidc/handler/frame?code=x&state=${sessionToken}`);
    expect(readAnswerPage(answer.text).message?.error?.code).toBe('ERR_AUTH_STATE_MISMATCH');

    const other = new Browser();
    await portal.start(other);
    const [transaction] = [...other.cookies.values()];
    other.cookies.set('oidc-refresh-token', { value: transaction?.value ?? '', path: '/api/auth/oidc' });
    const { answer: refused, body } = await portal.refresh(other);
    expect([refused.status, body?.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
  });

  it('works once: the same callback with the same cookie is refused the second time', async () => {
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'jane');
    const thief = new Browser();
    for (const [name, cookie] of browser.cookies) thief.cookies.set(name, cookie);
    expect(readAnswerPage((await browser.send(callback)).text).message?.response).toBeDefined();
    expect(await codeOf(thief, callback)).toBe('ERR_AUTH_ATTEMPT_REPLAYED');
  });

  it('ends after ten minutes', async () => {
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'jane');
    portal.clock.advance(10 * 60_000);
    expect(await codeOf(browser, callback)).toBe('ERR_AUTH_ATTEMPT_EXPIRED');
  });

  it('is bound to its environment', async () => {
    const browser = new Browser();
    const callback = new URL(await portal.reachCallback(browser, 'jane'));
    callback.searchParams.set('env', 'production');
    const answer = await browser.send(callback.href);
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('ERR_AUTH_ENV_UNKNOWN');
  });
});

describe('parameters', () => {
  it.each(['state', 'code', 'env', 'error'])('refuses a callback that repeats %s', async (name) => {
    const browser = new Browser();
    const callback = await portal.reachCallback(browser, 'jane');
    const answer = await browser.send(`${callback}&env=development&error=x&${name}=twice`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'ERR_AUTH_PARAMETER_REPEATED' } });
  });

  it.each(['env=development&env=development', 'env[]=development', 'env=development&scope=a%00b'])(
    'refuses a start with %s',
    async (query) => {
      const answer = await new Browser().send(`${portal.base}/oidc/start?${query}`);
      expect(answer.status).toBe(400);
      expect(answer.setCookies).toEqual([]);
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'knows no environment and no provider named %s',
    async (name) => {
      const environment = await new Browser().send(`${portal.base}/oidc/start?env=${name}`);
      const provider = await new Browser().send(`${portal.base}/${name}/start?env=development`);
      expect([environment.status, provider.status]).toEqual([404, 404]);
    },
  );

  it.each(['/oidc/start?env=development', '/oidc/handler/frame?state=x', '/oidc/refresh?env=development'])(
    'refuses HEAD on %s, which would spend what a GET spends',
    async (path) => {
      const answer = await new Browser().send(`${portal.base}${path}`, { method: 'HEAD' });
      expect([answer.status, answer.setCookies]).toEqual([405, []]);
    },
  );

  it('refuses a scope with a quote', async () => {
    const answer = await portal.start(new Browser(), { scope: 'openid "x"' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('ERR_AUTH_SCOPE_INVALID');
  });
});

describe('the number of attempts', () => {
  it('is bounded at eight and six kilobytes, and the oldest goes first', async () => {
    const browser = new Browser();
    const names: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      await portal.start(browser);
      names.push([...browser.cookies.keys()].find((name) => !names.includes(name)) ?? '');
      portal.clock.advance(1);
    }
    const bytes = [...browser.cookies].reduce(
      (sum, [name, { value }]) => sum + name.length + value.length,
      0,
    );
    expect(browser.cookies.size).toBeLessThanOrEqual(8);
    expect(browser.cookies.size).toBeGreaterThanOrEqual(5);
    expect(bytes).toBeLessThanOrEqual(6 * 1024);
    expect([...browser.cookies.keys()].sort()).toEqual(names.slice(-browser.cookies.size).sort());
  });

  it.each([
    ['scopes', { scope: Array.from({ length: 50 }, (_, index) => `${'a'.repeat(90)}${index}`).join(' ') }],
    ['an origin', { origin: `https://${'a'.repeat(5000)}.example.net` }],
    ['an address in other letters', { redirectUrl: `${appOrigin}/${'\u20ac'.repeat(490)}` }],
  ])('has no cookie that browsers would drop, made so by %s', async (_what, query) => {
    const answer = await portal.start(new Browser(), query);
    expect([400, 403]).toContain(answer.status);
    expect(answer.setCookies).toEqual([]);
  });

  it('lets an older one go before a younger one, whatever their sizes', async () => {
    const browser = new Browser();
    const startWith = async (path: string) => {
      await portal.start(browser, { redirectUrl: `${appOrigin}/${path}` });
      portal.clock.advance(1);
      return [...browser.cookies.keys()];
    };
    const [small = ''] = await startWith('');
    for (let count = 0; count < 3; count += 1) await startWith('x'.repeat(1400));
    expect(browser.cookies.has(small)).toBe(false);
    expect(browser.cookies.size).toBeLessThan(4);
  });

  it('repeats no name that it would not give', async () => {
    const browser = new Browser();
    browser.cookies.set(`oidc-attempt-${'x'.repeat(3000)}`, { value: 'x', path: '/api/auth/oidc' });
    const { status, setCookies } = await portal.start(browser);
    expect([status, setCookies.length]).toEqual([302, 1]);
  });

  it('makes no long answer out of a forged set of cookies', async () => {
    const browser = new Browser();
    for (let count = 0; count < 100; count += 1) {
      browser.cookies.set(`oidc-attempt-forged${100_000 + count}`, {
        value: 'x'.repeat(40),
        path: '/api/auth/oidc',
      });
    }
    const { status, setCookies } = await portal.start(browser);
    expect(status).toBe(302);
    expect(setCookies.length).toBeLessThanOrEqual(9);
  });
});

describe('attempts of several environments with callback URLs in several places', () => {
  it('stay together on one path, so that each environment removes what it must', async () => {
    const callbackUrl = 'http://localhost:7007/api/elsewhere/back';
    const settings = {
      metadataUrl: portal.idp.metadataUrl,
      clientId: 'vestibule',
      clientSecret: 'x'.repeat(20),
    };
    const two = await startPortal({
      idp: portal.idp,
      auth: { providers: { oidc: { development: { ...settings, callbackUrl }, production: settings } } },
    });
    try {
      const browser = new Browser();
      for (let count = 0; count < 12; count += 1) {
        const { setCookies } = await two.start(browser, { env: count % 2 ? 'production' : 'development' });
        for (const line of setCookies) expect(line).toContain('; Path=/api;');
      }
      expect(browser.cookies.size).toBeLessThanOrEqual(8);
      const { headers } = await two.start(browser, { env: 'production' });
      const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
      const answer = await browser.send(`${two.base}/oidc/handler/frame?state=${state}&error=access_denied`);
      expect(answer.setCookies).toEqual([expect.stringMatching(/=; Max-Age=0; Path=\/api;/)]);
    } finally {
      await two.stop();
    }
  });
});
