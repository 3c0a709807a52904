/** The attributes of a provider's cookies. */
import type { CookieAttributes } from '../routes/cookies.ts';

/** Attributes of the session's cookie and of those of attempts. */
export interface ProviderCookies {
  session: CookieAttributes;
  attempt: CookieAttributes;
}

/**
 * `SameSite=None` only where the front end is on another host, over https; otherwise `Lax`. The paths: the provider's
 * own routes, and for attempts what they share with a callback URL that lies elsewhere.
 */
export function providerCookies(options: {
  providerId: string;
  /** External base URL of the plugin. */
  baseUrl: string;
  appUrl: string;
  callbackUrl: string;
}): ProviderCookies {
  const { providerId, appUrl, callbackUrl } = options;
  const base = new URL(options.baseUrl);
  const path = `${base.pathname.replace(/\/$/, '')}/${providerId}`;
  const secure = base.protocol === 'https:';
  const isCrossSite = new URL(appUrl).hostname !== base.hostname;
  const common = { secure, sameSite: secure && isCrossSite ? 'None' : 'Lax' } as const;
  return {
    session: { ...common, path },
    // The callback is a top-level navigation, for which Lax suffices; None covers front ends that use a frame.
    attempt: { ...common, path: commonPath(path, new URL(callbackUrl).pathname) },
  };
}

function commonPath(a: string, b: string): string {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return (differs < 0 ? left : left.slice(0, differs)).join('/') || '/';
}
