/** Attacks on where a sign-in ends: open redirects, foreign origins, and breaking out of the page. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({
    auth: { experimentalExtraAllowedOrigins: ['https://*.example.net', 'http://localhost:*'] },
  });
});
afterAll(async () => portal.stop());

describe('the origin', () => {
  it.each([
    ['http://evil.example', 403],
    ['https://evil.example/.example.net', 403],
    ['https://example.net.evil.example', 403],
    ['https://a.example.net@evil.example', 400],
    ['http://a.example.net', 403],
    ['javascript:alert(1)', 400],
    ['data:text/html,x', 400],
    ['null', 400],
    ['garbage', 400],
    ['https://a.example.net', 302],
    ['https://A.EXAMPLE.net/path', 302],
    ['http://localhost:4000', 302],
    ['https://a.b.example.net', 302],
    ['https://example.net', 403],
    ['https://a.example.net:8443', 403],
    ['https://a.example.net.', 403],
    ['https://a.example.net\\.evil.example', 302],
    ['https://a\u3002example\uff0enet', 302],
    ['https://evil\uff0fa.example.net', 400],
    [`https://${'a-'.repeat(3000)}.example.net`, 403],
    ['file://a.example.net', 400],
    ['blob:https://a.example.net/x', 400],
    ['ftp://localhost:3000', 400],
  ])('%s answers %i', async (origin, status) => {
    const answer = await portal.start(new Browser(), { origin });
    expect(answer.status).toBe(status);
    if (status !== 302) expect(answer.setCookies).toEqual([]);
  });
});

describe('the redirectUrl', () => {
  it.each([
    ['https://evil.example/', 403],
    ['//evil.example', 400],
    ['https://a.example.net@evil.example/', 400],
    ['javascript:alert(1)', 400],
    ['http://localhost:3000\\@evil.example', 302],
    [`http://localhost:3000/${'x'.repeat(1500)}`, 400],
    ['http://localhost:3000/a b', 400],
    ['/relative', 400],
    ['', 400],
  ])('%s answers %i', async (redirectUrl, status) => {
    const answer = await portal.start(new Browser(), { flow: 'redirect', redirectUrl });
    expect(answer.status).toBe(status);
  });

  it('is parsed as a browser parses it, so that a backslash leads nowhere else', async () => {
    const browser = new Browser();
    const { answer } = await portal.signIn(browser, 'jane', {
      flow: 'redirect',
      redirectUrl: 'http://localhost:3000\\@evil.example',
    });
    expect(answer.headers.get('location')).toBe('http://localhost:3000/@evil.example');
  });

  it('is checked in the popup flow as well', async () => {
    const answer = await portal.start(new Browser(), { redirectUrl: 'https://evil.example/' });
    expect(answer.status).toBe(403);
  });
});

describe('a target that was allowed at the start', () => {
  it.each(['popup', 'redirect'])(
    'gets nothing at the callback when it is allowed no more: %s',
    async (flow) => {
      const today = await startPortal({ idp: portal.idp });
      try {
        for (const as of ['jane', 'kim']) {
          const browser = new Browser();
          const target = 'https://a.example.net';
          const callback = await portal.reachCallback(browser, as, {
            flow,
            origin: target,
            redirectUrl: `${target}/x`,
          });
          const answer = await browser.send(callback.replace(portal.base, today.base));
          const { message, origin } = readAnswerPage(answer.text);
          expect([answer.status, origin, message?.error?.code]).toEqual([
            200,
            appOrigin,
            'ERR_AUTH_ORIGIN_NOT_ALLOWED',
          ]);
          expect(answer.text).not.toContain('example.net');
          expect(browser.cookies.has('oidc-refresh-token')).toBe(false);
        }
      } finally {
        await today.stop();
      }
    },
  );
});

describe('a disallowed target', () => {
  it.each([
    ['the origin', { origin: 'http://evil.example' }],
    ['the redirectUrl', { flow: 'redirect', redirectUrl: 'https://evil.example/' }],
  ])(
    'as %s gets a browser a page of our own, which posts nothing and leads to the portal',
    async (_, query) => {
      const parameters = new URLSearchParams({ env: 'development', ...query });
      const answer = await new Browser().send(`${portal.base}/oidc/start?${parameters}`, {
        headers: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
      });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.text).toContain('You cannot sign in this way');
      expect(answer.text.match(/href="[^"]*"/g)).toEqual([`href="${appOrigin}"`]);
      expect(answer.text).not.toContain('<script');
      expect(answer.setCookies).toEqual([]);
    },
  );
});

describe('the popup page', () => {
  it('posts to exactly one origin, under a policy that names its script and style by hash', async () => {
    const { answer, origin } = await portal.signIn(new Browser(), 'jane', {
      origin: 'https://a.example.net',
    });
    expect(origin).toBe('https://a.example.net');
    const policy = answer.headers.get('content-security-policy') ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, script = ''] = /<script[^>]*>([^]*?)<\/script>/.exec(answer.text) ?? [];
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(answer.text) ?? [];
    expect(policy).toContain(`script-src ${hash(script)}`);
    expect(policy).toContain(`style-src ${hash(style)}`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-frame-options')).toBe('sameorigin');
    expect(answer.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(script.match(/postMessage\(/g)).toHaveLength(3);
    // Without another window: to pages of this very origin, and only that it is done.
    expect(script).toContain("new BroadcastChannel('vestibule-sign-in').postMessage('ended')");
    expect(script).toContain("postMessage({ type: 'config_info', targetOrigin: origin }, '*')");
    expect(answer.text).toContain('You are signed in');
    expect(answer.text).toContain(`href="${appOrigin}`);
  });

  it('cannot be broken out of by what a provider says', async () => {
    const hostile = `</script><script>alert(1)</script>"'><img src=x onerror=alert(1)>\u2028end`;
    portal.idp.changePerson('jane', { name: hostile });
    try {
      const { answer, message } = await portal.signIn(new Browser());
      expect(message?.response?.profile.displayName).toBe(hostile);
      expect(answer.text.match(/<script/g)).toHaveLength(1);
      expect(answer.text).not.toContain('<img');
      expect(answer.text).not.toContain('onerror=alert');
    } finally {
      portal.idp.changePerson('jane', { name: 'Jane Doe' });
    }
  });

  it('repeats nothing of the query in an error', async () => {
    const browser = new Browser();
    const { headers } = await portal.start(browser);
    const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
    const answer = await browser.send(
      `${portal.base}/oidc/handler/frame?${new URLSearchParams({ state, error: '<b>x</b>', error_description: 'hostile <i>words</i>', iss: portal.idp.issuer })}`,
    );
    expect(readAnswerPage(answer.text).message?.error?.code).toBe('ERR_PROVIDER_REFUSED');
    expect(answer.text).not.toMatch(/hostile|<b>/);
  });
});
