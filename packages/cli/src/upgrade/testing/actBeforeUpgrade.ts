/** What people, and a program that acts for one, do at the released code before it is replaced. */
import { createFrontEnd, HttpBrowser } from '@vestibule/backend-test-utils';
import { cookiesOf, type BegunSignIn, type HeldThings, type RefusedBefore } from './fixture.ts';
import { loginsOf, type Vendors } from './logins.ts';
import { createOAuthProgram, needed } from './oauthProgram.ts';
import { portalEnvironment } from './upgradedPortal.ts';

/** Where the front end wants to have the browser after a sign-in that is no popup. */
export const redirectUrlOf = (baseUrl: string) => `${baseUrl}/catalog?tab=mine`;

/** @param portal - `url`: where it listens. */
export async function actBeforeUpgrade(
  portal: Vendors & { url: string },
): Promise<Omit<HeldThings, 'commit' | 'madeAt' | 'allowedReference'>> {
  const { url, baseUrl, idp } = portal;
  const origin = new URL(baseUrl).origin;
  const frontEnd = (provider: string) =>
    createFrontEnd({ url }, { provider, environment: portalEnvironment, origin });
  const logins = loginsOf(portal);

  async function signIn(provider: string, scope = '') {
    const browser = new HttpBrowser();
    const { response, error } = await frontEnd(provider).signIn(browser, { ...logins(provider), scope });
    if (!response?.backstageIdentity) throw new Error(`'${provider}': ${JSON.stringify(error)}`);
    return { browser, token: response.backstageIdentity.token, providerInfo: response.providerInfo };
  }

  async function begin(provider: string, target: Record<string, string>): Promise<BegunSignIn> {
    const browser = new HttpBrowser();
    const query = new URLSearchParams({ env: portalEnvironment, origin, ...target });
    const { status, headers, text } = await browser.send(`${url}/api/auth/${provider}/start?${query}`);
    const authorizationUrl = headers.get('location');
    if (authorizationUrl === null) throw new Error(`the start of '${provider}' answered ${status}: ${text}`);
    return { cookies: cookiesOf(browser), authorizationUrl };
  }

  async function spend() {
    const browser = new HttpBrowser();
    const callback = await frontEnd('oidc').reachCallback(browser, logins('oidc'));
    const cookies = cookiesOf(browser);
    await browser.send(callback.href);
    for (const [name, cookie] of Object.entries(cookies)) browser.cookies.set(name, cookie);
    const { status, text } = await browser.send(callback.href);
    return { cookies, path: callback.pathname + callback.search, refused: { status, code: codeIn(text) } };
  }

  async function signOut(): Promise<{ cookies: HeldThings['signedOut']['cookies']; refused: RefusedBefore }> {
    const { browser } = await signIn('oidc');
    const cookies = cookiesOf(browser);
    await frontEnd('oidc').signOut(browser);
    for (const [name, cookie] of Object.entries(cookies)) browser.cookies.set(name, cookie);
    const { answer, error } = await frontEnd('oidc').refresh(browser);
    return { cookies, refused: { status: answer.status, code: error?.code ?? '' } };
  }

  async function refuse(): Promise<string> {
    const { person } = idp;
    idp.person = { sub: 'nobody-1', email: 'nobody@example.com', email_verified: true };
    const { error } = await frontEnd('oidc').signIn(new HttpBrowser(), logins('oidc'));
    idp.person = person;
    return error?.reference ?? '';
  }

  async function actForUser(userToken: string): Promise<HeldThings['program']> {
    const program = createOAuthProgram(`${url}/api/auth`);
    const client = await program.register();
    const replacedRefreshToken = await program.grant(client, userToken);
    const replacement = await program.refresh(client, replacedRefreshToken);
    return {
      client,
      refreshToken: await program.grant(client, userToken),
      replacedRefreshToken,
      successorRefreshToken: needed(replacement, 'refresh_token'),
      code: await program.approve(await program.begin(client), userToken),
      handle: await program.begin(client),
    };
  }

  const oidc = await signIn('oidc');
  const partners = await signIn('partners');
  const vendor = await signIn('vendor');
  const guest = await frontEnd('guest').refresh(new HttpBrowser());
  return {
    sessions: {
      oidc: cookiesOf(oidc.browser),
      partners: cookiesOf(partners.browser),
      github: cookiesOf((await signIn('github')).browser),
      vendor: cookiesOf(vendor.browser),
      untouched: cookiesOf((await signIn('oidc', 'groups')).browser),
    },
    providerInfo: partners.providerInfo,
    begun: {
      oidc: await begin('oidc', { flow: 'popup' }),
      vendor: await begin('vendor', { flow: 'popup' }),
      redirect: await begin('oidc', { flow: 'redirect', redirectUrl: redirectUrlOf(baseUrl) }),
    },
    spent: await spend(),
    signedOut: await signOut(),
    userTokens: {
      oidc: oidc.token,
      vendor: vendor.token,
      guest: guest.response?.backstageIdentity?.token ?? '',
    },
    program: await actForUser(oidc.token),
    refusedReference: await refuse(),
  };
}

/** The code of a refusal on the page that tells a person of it. */
export function codeIn(page: string): string {
  const code = /ERR_[A-Z_]+/.exec(page)?.[0];
  if (code === undefined) throw new Error(`no code in: ${page}`);
  return code;
}
