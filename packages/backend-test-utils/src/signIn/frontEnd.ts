/** What a front end and the browser under it do about one provider of a running backend: popup, refresh, sign-out. */
import type { HttpAnswer, HttpBrowser } from '../httpBrowser.ts';
import { followRedirect } from './followRedirect.ts';

/** What the popup posts to the front end. @public */
export interface PopupMessage {
  /** After a sign-in: Backstage's `AuthResponse`. */
  response?: {
    profile: { email?: string; displayName?: string; picture?: string };
    providerInfo: {
      accessToken?: string;
      idToken?: string;
      scope?: string;
      expiresInSeconds?: number;
      [member: string]: unknown;
    };
    /** Absent for access delegation. */
    backstageIdentity?: {
      token: string;
      expiresInSeconds?: number;
      identity: { type: 'user'; userEntityRef: string; ownershipEntityRefs: string[] };
    };
  };
  /** After a refusal; `code` is one of the closed list. */
  error?: { name: string; message: string; code?: string; reference?: string };
}

/** How a sign-in or a refresh was answered. @public */
export interface FrontEndAnswer extends PopupMessage {
  /** As it came: the popup's page, or the body of the refresh. */
  readonly answer: HttpAnswer;
}

/** How a person gets from the start to the callback. @public */
export interface LoginOptions {
  /**
   * Follows the vendor's authorization URL as a person who agrees, to the callback. Default: one request, which a
   * stand-in of the vendor answers with the redirect.
   */
  authorize?(url: URL): Promise<URL | string>;
  /** Scopes besides those of the config, separated by spaces. Default: none. */
  scope?: string;
}

/** A front end; each browser is somebody else. @public */
export interface FrontEnd {
  /** From the start to the vendor's answer: the callback at the backend, which is not called. */
  reachCallback(browser: HttpBrowser, login?: LoginOptions): Promise<URL>;
  /** The whole way by popup. */
  signIn(browser: HttpBrowser, login?: LoginOptions): Promise<FrontEndAnswer>;
  /** @param scope - As of {@link LoginOptions}. */
  refresh(browser: HttpBrowser, scope?: string): Promise<FrontEndAnswer>;
  signOut(browser: HttpBrowser): Promise<HttpAnswer>;
}

/**
 * Makes a front end.
 *
 * @param backend - Where it runs: its URL, with the path of `backend.baseUrl` where that has one. The vendor may send the
 *   browser to another port, that of the config.
 * @param options - `provider`: its id in the config. `environment`: default `development`. `origin`: the front end's, as
 *   in `app.baseUrl`; default `http://localhost:3000`.
 * @example
 * ```ts
 * const frontEnd = createFrontEnd(started, { provider: 'acme' });
 * const browser = new HttpBrowser();
 * await frontEnd.signIn(browser);
 * const { response } = await frontEnd.refresh(browser);
 * ```
 * @throws Error from its methods where the backend answers a start with anything but a redirect, or a callback with a page
 *   that posts nothing. A refusal is an answer like any other.
 * @public
 */
export function createFrontEnd(
  backend: { readonly url: string },
  options: { provider: string; environment?: string; origin?: string },
): FrontEnd {
  const { provider, environment: env = 'development', origin = 'http://localhost:3000' } = options;
  const routes = `${backend.url}/api/auth/${provider}`;
  const headers = { 'x-requested-with': 'XMLHttpRequest', origin };

  const frontEnd: FrontEnd = {
    async reachCallback(browser, { authorize = followRedirect, scope = '' } = {}) {
      const query = new URLSearchParams({ env, origin, flow: 'popup', ...(scope !== '' && { scope }) });
      const { status, headers: given, text } = await browser.send(`${routes}/start?${query}`);
      const location = given.get('location');
      if (status !== 302 || location === null) {
        throw new Error(`The start of '${provider}' answered ${status}: ${text}`);
      }
      const { pathname, search } = new URL(await authorize(new URL(location)));
      return new URL(pathname + search, backend.url);
    },

    async signIn(browser, login) {
      const answer = await browser.send((await frontEnd.reachCallback(browser, login)).href);
      return { answer, ...readPopup(answer) };
    },

    async refresh(browser, scope = '') {
      const query = new URLSearchParams({ env, ...(scope !== '' && { scope }) });
      const answer = await browser.send(`${routes}/refresh?optional&${query}`, { headers });
      const body = JSON.parse(answer.text) as PopupMessage['response'] & Pick<PopupMessage, 'error'>;
      return { answer, ...(body.error ? { error: body.error } : { response: body }) };
    },

    signOut: async (browser) =>
      browser.send(`${routes}/logout?env=${encodeURIComponent(env)}`, { method: 'POST', headers }),
  };
  return frontEnd;
}

/**
 * What the page of a popup posts.
 *
 * @throws Error where it posts nothing.
 * @public
 */
export function readPopup({ status, text }: HttpAnswer): PopupMessage {
  const message = /data-message="([^"]*)"/.exec(text)?.[1];
  if (message === undefined) throw new Error(`The callback answered ${status}, and posts nothing: ${text}`);
  return JSON.parse(decodeURIComponent(message)) as PopupMessage;
}
