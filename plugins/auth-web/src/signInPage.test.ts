/** The routes of the page over HTTP. What the script does in a browser is in signInPage.browser.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signInCodes, signInIcons, type SignInOption } from '@vestibule/plugin-auth-node';
import { Pages } from '@vestibule/plugin-auth-pages';
import { loadAssets } from './assets.ts';
import { oidcChoice as oidc, servePage, type ServedPage } from './testing/servePage.ts';

let served: ServedPage;

beforeAll(async () => {
  served = await servePage();
});
afterAll(() => served.stop());

async function page(offered: SignInOption[] = [oidc]): Promise<string> {
  return served.html({ signInOptions: () => offered });
}

describe('the page', () => {
  it('offers a popup and a redirect for each OAuth provider', async () => {
    const html = await page();
    expect(html).toMatch(
      /<button\s+class="choice"\s+type="button"\s+data-provider="oidc"\s+data-environment="development"/,
    );
    const href = /class="redirect" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const url = new URL(href, served.url);
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

  it('tells choices of one title apart by provider, by environment, or by both', async () => {
    const labelsOf = async (offered: SignInOption[]): Promise<string[]> =>
      [...(await page(offered)).matchAll(/data-title="([^"]*)"/g)].map(([, label = '']) => label);
    const one = { ...oidc, title: 'Acme' };
    expect(await labelsOf([one, { ...one, title: 'Labs' }])).toEqual(['Acme', 'Labs']);
    expect(await labelsOf([one, { ...one, providerId: 'labs' }])).toEqual(['Acme (oidc)', 'Acme (labs)']);
    expect(await labelsOf([one, { ...one, environment: 'staging' }, { ...one, providerId: 'labs' }])).toEqual(
      ['Acme (oidc, development)', 'Acme (oidc, staging)', 'Acme (labs)'],
    );
  });

  it('draws an icon by type unless the config names one, and keeps the drawing beneath a picture', async () => {
    const iconOf = async (more: Partial<SignInOption>): Promise<string> =>
      /<span class="icon".*?<\/span\s*>/s.exec(await page([{ ...oidc, ...more }]))?.[0] ?? '';
    const drawings = ['openid', 'google', 'github', 'person', undefined] as const;
    const drawn: string[] = [];
    for (const drawing of drawings)
      drawn.push(await iconOf({ type: 'another', ...(drawing && { drawing }) }));
    expect(new Set(drawn).size).toBe(drawings.length);
    expect(await iconOf({ drawing: 'openid', icon: 'google' })).toBe(drawn[1]);
    // Of a Backstage module, which says none.
    expect(await iconOf({ type: 'google' })).toBe(drawn[1]);
    const pictured = await iconOf({ icon: 'https://icons.example/acme.png' });
    expect(pictured).toContain('<svg');
    expect(pictured).toContain('src="https://icons.example/acme.png"');
    for (const icon of signInIcons) expect(await iconOf({ icon, type: 'another' })).toContain('<svg');
  });

  it('stands in two columns from five choices on', async () => {
    const offered = ['a', 'b', 'c', 'd', 'e'].map((providerId) => ({
      ...oidc,
      providerId,
      title: providerId,
    }));
    expect(await page(offered)).toContain('class="choices many"');
    expect(await page(offered.slice(1))).toContain('class="choices"');
  });

  it('offers a list of people beneath the choices that let somebody pick', async () => {
    const guest: SignInOption = {
      ...oidc,
      providerId: 'guest',
      type: 'guest',
      title: 'Guest',
      kind: 'proxy',
    };
    const html = await served.html({
      signInOptions: () => [oidc, guest],
      guests: {
        isOfferedBy: ({ type }) => type === 'guest',
        search: () => Promise.reject(new Error('asked')),
      },
    });
    expect(html.match(/<details class="picker">/g)).toHaveLength(1);
    expect(html).toMatch(/Continue as somebody else<span class="unseen"> through Guest<\/span>/);
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
    const { sentence, operator } = signInCodes.ERR_RESOLVER_NO_MATCH;
    const inDevelopment = dataOf(await page());
    const elsewhere = dataOf(await served.html({ isDevelopment: false }));
    expect(inDevelopment).toMatchObject({
      isDevelopment: true,
      refusals: { ERR_RESOLVER_NO_MATCH: { sentence, operator } },
    });
    expect(elsewhere).toHaveProperty('isDevelopment', false);
    expect(elsewhere).toHaveProperty('refusals.ERR_RESOLVER_NO_MATCH', { sentence });
  });
});

describe('the consent page', () => {
  const address = '/oauth2/authorize/some-request';

  it('knows which request it is about, and comes back to it after a sign-in without a popup', async () => {
    const html = await (await served.get(address)).text();
    expect(html).toContain('<title>Allow access – Acme</title>');
    expect(html).toContain('"requestId":"some-request"');
    const href = /class="redirect" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(new URL(href, served.url).searchParams.get('redirectUrl')).toBe(`http://localhost:7007${address}`);
  });

  it('is there for as long an id as the OAuth server gives', async () => {
    const id = 'a'.repeat(6000);
    const answer = await served.get(`/oauth2/authorize/${id}`);
    expect([answer.status, (await answer.text()).includes(`"requestId":"${id}"`)]).toEqual([200, true]);
  });

  it('offers only what says who somebody is', async () => {
    const github: SignInOption = { ...oidc, providerId: 'github', title: 'GitHub', signIn: false };
    const html = await (await served.get(address, { signInOptions: () => [oidc, github] })).text();
    expect(html).toContain('data-provider="oidc"');
    expect(html).not.toContain('data-provider="github"');
  });

  it('is not there where a front end elsewhere asks', async () => {
    expect((await served.get(address, { asksForConsent: false })).status).toBe(418);
  });

  it('loads the modules that its own script needs, and no others', async () => {
    const loadedBy = async (path: string): Promise<string[]> =>
      [...(await (await served.get(path)).text()).matchAll(/modulepreload" href="[^"]+\/([^"/]+)"/g)].map(
        ([, name = '']) => name,
      );
    const [ofConsent, ofSignIn] = [await loadedBy(address), await loadedBy('/')];
    expect(ofConsent).toEqual(expect.arrayContaining(['consent.js', 'signIn.js', 'popup.js', 'backend.js']));
    expect(ofConsent).not.toContain('page.js');
    expect(ofSignIn).toEqual(expect.arrayContaining(['page.js', 'signIn.js', 'popup.js', 'backend.js']));
    expect(ofSignIn).not.toContain('consent.js');
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
      const { status, headers } = await fetch(`${served.url}${path}`);
      expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('serves every module that a module imports', async () => {
    const { files, basePath } = await loadAssets(new Pages({}).style);
    const imports = [...files.values()].flatMap(({ text }) =>
      [...text.matchAll(/from '\.\/([^']+)'/g)].map(([, name]) => name),
    );
    expect(imports.length).toBeGreaterThan(5);
    for (const name of new Set(imports))
      expect((await fetch(`${served.url}${basePath}/${name}`)).status).toBe(200);
  });

  it('has an icon for the pages of the backend that name none', async () => {
    expect((await fetch(`${served.url}/favicon.ico`)).headers.get('content-type')).toBe('image/svg+xml');
  });

  it('answers HEAD as GET without a body', async () => {
    const response = await fetch(`${served.url}/`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each([
    ['POST', '/'],
    ['DELETE', '/auth-web/owned'],
    ['GET', '/api/auth/oidc/start'],
  ])('passes %s %s on to the backend', async (method, path) => {
    expect((await fetch(`${served.url}${path}`, { method })).status).toBe(418);
  });

  it('never stores what somebody owns', async () => {
    const response = await fetch(`${served.url}/auth-web/owned`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ userEntityRef: 'user:default/jane' });
  });
});
