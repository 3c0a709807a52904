/** A whole sign-in by popup at a running backend, in one call. */
import { HttpBrowser } from '../httpBrowser.ts';
import { createFrontEnd, readPopup, type LoginOptions, type PopupMessage } from './frontEnd.ts';

/**
 * Signs in by popup.
 *
 * @param backend - Where it runs, for example what `startTestBackend` gives.
 * @param options - As of `createFrontEnd` and {@link LoginOptions}; `browser`: default a fresh one.
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
    browser?: HttpBrowser;
  } & LoginOptions,
): Promise<PopupMessage> {
  const { browser = new HttpBrowser(), ...rest } = options;
  const callback = await createFrontEnd(backend, rest).reachCallback(browser, rest);
  return readPopup(await browser.send(callback.href));
}
