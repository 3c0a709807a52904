/** A whole sign-in by popup at a running backend, as a browser and a front end make it. */
import { HttpBrowser } from '../httpBrowser.ts';
import { followRedirect } from './followRedirect.ts';

/** What the popup posts to the front end. @public */
export interface PopupMessage {
  /** After a sign-in: Backstage's `AuthResponse`. */
  response?: {
    profile: { email?: string; displayName?: string; picture?: string };
    providerInfo: Record<string, unknown>;
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

/**
 * Signs in by popup.
 *
 * @param backend - Where it runs, for example what `startTestBackend` gives.
 * @param options - `provider`: its id in the config. `environment`: default `development`. `origin`: the front end's, as
 *   in `app.baseUrl`; default `http://localhost:3000`. `authorize`: follows the vendor's authorization URL as a person
 *   who agrees, to the callback; default one request, which a stand-in answers with the redirect. `browser`: default a
 *   fresh one; hand in your own to refresh and sign out afterwards.
 * @returns What the popup posts.
 * @throws Error where the backend answers anything but a redirect to the vendor, and then a page that posts.
 * @example
 * ```ts
 * const { response } = await signInWith(started, { provider: 'acme' });
 * response?.backstageIdentity?.identity.userEntityRef; // 'user:default/jane'
 * ```
 * @public
 */
export async function signInWith(
  backend: { readonly url: string },
  options: {
    provider: string;
    environment?: string;
    origin?: string;
    authorize?(url: URL): Promise<URL | string>;
    browser?: HttpBrowser;
  },
): Promise<PopupMessage> {
  const { provider, environment = 'development', origin = 'http://localhost:3000' } = options;
  const { authorize = followRedirect, browser = new HttpBrowser() } = options;
  const query = new URLSearchParams({ env: environment, origin, flow: 'popup' });
  const start = await browser.send(`${backend.url}/api/auth/${provider}/start?${query}`);
  const location = start.headers.get('location');
  if (start.status !== 302 || location === null) {
    throw new Error(`The start of '${provider}' answered ${start.status}: ${start.text}`);
  }
  // The vendor sends the browser to the port of the config; a test's backend listens on a free one.
  const { pathname, search } = new URL(await authorize(new URL(location)));
  const popup = await browser.send(backend.url + pathname + search);
  const message = /data-message="([^"]*)"/.exec(popup.text)?.[1];
  if (message === undefined) {
    throw new Error(`The callback of '${provider}' answered ${popup.status}: ${popup.text}`);
  }
  return JSON.parse(decodeURIComponent(message)) as PopupMessage;
}
