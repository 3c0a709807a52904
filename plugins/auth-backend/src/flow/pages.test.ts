/** The pages of sign-in without the sign-in page: their look, their language, and addresses at which nothing is. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Browser } from '../testing/browser.ts';
import { appOrigin, readAnswerPage, startPortal, type Portal } from '../testing/portal.ts';

const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const inGerman = { ...asBrowser, 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => portal.stop());

const send = (path: string, headers: Record<string, string>) =>
  new Browser().send(`${portal.base}${path}`, { headers });

describe('an address at which nothing is', () => {
  it.each(['', '/', '/nothing', '/nothing/at/all', '/oidc/nothing'])(
    'is a page with the portal, a reference and a way back for a person: %j',
    async (path) => {
      const answer = await send(path, asBrowser);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('There is no such page');
      expect(answer.text).toMatch(/Code ERR_HTTP_ROUTE_NOT_FOUND\. .* reference [0-9a-f]{10}\./);
      expect(answer.text).toContain(`<a class="button" href="${appOrigin}">Back to the portal</a>`);
      expect(answer.text).not.toContain('<script');
    },
  );

  it('is JSON for a program', async () => {
    const { status, text } = await send('/nothing', { accept: 'application/json' });
    expect([status, JSON.parse(text)]).toMatchObject([
      404,
      { error: { code: 'ERR_AUTH_PROVIDER_UNKNOWN', message: "Unknown auth provider 'nothing'" } },
    ]);
  });
});

describe('in the language of the browser', () => {
  it('is what a refusal says to the person, and not what it says to the window that opened it', async () => {
    const query = new URLSearchParams({ env: 'nope', origin: appOrigin, flow: 'popup' });
    const { text, headers } = await send(`/oidc/start?${query}`, inGerman);
    expect([headers.get('content-language'), headers.get('vary')]).toEqual([
      'de',
      expect.stringContaining('Accept-Language'),
    ]);
    expect(text).toContain('<html lang="de">');
    expect(text).toContain('So können Sie sich nicht anmelden');
    expect(text).toContain('Für diese Umgebung ist die Anmeldung nicht eingerichtet.');
    expect(text).toContain('Zurück zum Portal');
    expect(readAnswerPage(text).message).toMatchObject({
      error: {
        message: "No configuration available for the 'nope' environment of this provider.",
        code: 'ERR_AUTH_ENV_UNKNOWN',
      },
    });
  });

  it('is not what a program gets', async () => {
    const { text } = await send('/oidc/start?env=nope', {
      accept: 'application/json',
      'accept-language': 'de',
    });
    expect(JSON.parse(text)).toMatchObject({
      error: { message: "No configuration available for the 'nope' environment of this provider." },
    });
  });
});
