/** The routes of the page over HTTP. What the script does in a browser is in signInPage.browser.ts. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { koaHandler } from '@vestibule/koa-handler';
import { decisionCodes, type SignInChoice } from '@vestibule/plugin-auth-node';
import { loadAssets } from './assets.ts';
import { createSignInPage } from './signInPage.ts';

const oidc: SignInChoice = {
  providerId: 'oidc',
  environment: 'development',
  title: 'OpenID Connect',
  kind: 'oauth',
  signIn: true,
};
const evil = '"><img src=x onerror=alert(1)>';

let server: Server;
let base: string;
let choices: SignInChoice[];
let isDevelopment = true;

beforeAll(async () => {
  const assets = await loadAssets();
  server = createServer((request, response) => {
    const app = createSignInPage({
      title: `Acme ${evil}`,
      origin: 'http://localhost:7007',
      isDevelopment,
      choices: () => choices,
      assets,
      owned: async () => ({ userEntityRef: 'user:default/jane', groups: [], entities: [], truncated: false }),
    });
    koaHandler(app)(request, response, () => response.writeHead(418).end());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function page(offered: SignInChoice[] = [oidc]): Promise<string> {
  choices = offered;
  return (await fetch(`${base}/`)).text();
}

describe('the page', () => {
  it('allows no inline script, no foreign script and no framing, and is not stored', async () => {
    choices = [oidc];
    const { headers } = await fetch(`${base}/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin-allow-popups');
  });

  it('contains neither inline script nor inline style', async () => {
    const html = await page();
    expect(html).not.toMatch(/<style|javascript:|<\w[^<>]*\s(style|on\w+)=/i);
    expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
      expect.stringMatching(
        /^<script type="module" src="\/auth-web\/[0-9a-f]{16}\/page\.js" blocking="render">$/,
      ),
      '<script type="application/json" id="page-data">',
    ]);
  });

  it('shows config values as text', async () => {
    const html = await page([
      { ...oidc, providerId: evil, title: evil, environment: evil, problem: evil },
      { ...oidc, title: evil },
    ]);
    expect(html).not.toContain('<img src=x');
  });

  it('offers a popup and a redirect for each OAuth provider', async () => {
    const html = await page();
    expect(html).toMatch(
      /<button class="choice" type="button" data-provider="oidc" data-environment="development"/,
    );
    const href = /class="redirect" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const url = new URL(href, base);
    expect(url.pathname).toBe('/api/auth/oidc/start');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      origin: 'http://localhost:7007',
      redirectUrl: 'http://localhost:7007/',
      flow: 'redirect',
      env: 'development',
    });
  });

  it('offers a proxy provider without a redirect, and says where a login is no sign-in', async () => {
    const html = await page([
      { ...oidc, providerId: 'guest', title: 'Guest', kind: 'proxy' },
      { ...oidc, providerId: 'github', title: 'GitHub', signIn: false },
    ]);
    expect(html).toContain('Continue as Guest');
    expect(html.match(/class="redirect"/g)).toHaveLength(1);
    expect(html).toContain('Gives access to GitHub only; it does not say who you are here.');
  });

  it('names the environment where one provider has several', async () => {
    const html = await page([oidc, { ...oidc, environment: 'staging' }]);
    expect(html).toContain('Sign in with OpenID Connect (staging)');
  });

  it('shows the problem of a disabled provider instead of its button', async () => {
    const html = await page([{ ...oidc, problem: 'clientId is missing' }]);
    expect(html).toContain('clientId is missing');
    expect(html).not.toContain('class="choice"');
  });

  it('says what to do where nothing is ready yet', async () => {
    expect(await page([])).toContain('reload this page in a moment');
  });

  it('holds the sentence of every code, and the hints for operators in development only', async () => {
    const dataOf = (html: string): unknown =>
      JSON.parse(/id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '');
    const { sentence, operator } = decisionCodes.ERR_RESOLVER_NO_MATCH;
    isDevelopment = true;
    const inDevelopment = dataOf(await page());
    isDevelopment = false;
    const elsewhere = await page();
    isDevelopment = true;
    expect(inDevelopment).toMatchObject({ refusals: { ERR_RESOLVER_NO_MATCH: { sentence, operator } } });
    expect(dataOf(elsewhere)).toHaveProperty('refusals.ERR_RESOLVER_NO_MATCH', { sentence });
    expect(elsewhere).not.toContain('"operator":');
  });

  it('ignores what the query says', async () => {
    const answer = await fetch(`${base}/?error=${encodeURIComponent(evil)}&error_code=ERR_X`);
    const text = await answer.text();
    expect(text).not.toContain('onerror=alert(1)>&');
    expect(text).not.toContain('ERR_X');
  });
});

describe('the other routes', () => {
  it('serves script and stylesheet under the hash of their content, for ever', async () => {
    const html = await page();
    for (const [path, type] of [
      [/src="([^"]+page\.js)"/.exec(html)?.[1], 'text/javascript'],
      [/href="([^"]+style\.css)"/.exec(html)?.[1], 'text/css'],
      [/href="([^"]+icon\.svg)"/.exec(html)?.[1], 'image/svg+xml'],
    ]) {
      const { status, headers } = await fetch(`${base}${path}`);
      expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('serves every module that a module imports', async () => {
    const { files, basePath } = await loadAssets();
    const imports = [...files.values()].flatMap(({ text }) =>
      [...text.matchAll(/from '\.\/([^']+)'/g)].map(([, name]) => name),
    );
    expect(imports.length).toBeGreaterThan(5);
    for (const name of new Set(imports)) expect((await fetch(`${base}${basePath}/${name}`)).status).toBe(200);
  });

  it('has an icon for the pages of the backend that name none', async () => {
    expect((await fetch(`${base}/favicon.ico`)).headers.get('content-type')).toBe('image/svg+xml');
  });

  it('answers HEAD as GET without a body', async () => {
    const response = await fetch(`${base}/`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each([
    ['POST', '/'],
    ['DELETE', '/auth-web/owned'],
    ['GET', '/api/auth/oidc/start'],
    ['GET', '/auth-web/0000000000000000/page.js'],
    ['GET', '/auth-web/../package.json'],
    ['GET', '/auth-web/%2e%2e%2fsignInPage.ts'],
    ['GET', '//evil.example/'],
  ])('passes %s %s on to the backend', async (method, path) => {
    expect((await fetch(`${base}${path}`, { method })).status).toBe(418);
  });

  it('never stores what somebody owns', async () => {
    const response = await fetch(`${base}/auth-web/owned`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ userEntityRef: 'user:default/jane' });
  });
});
