/** The attributes of a provider's cookies. */
import { parseUrl, type Config } from '@vestibule/backend-plugin-api';
import type { CookieAttributes } from '../http/cookies.ts';

/** Attributes of the session's cookie and of those of attempts. */
export interface ProviderCookies {
  session: CookieAttributes;
  transaction: CookieAttributes;
}

/**
 * `SameSite=None` only where the front end is on another host, over https; otherwise `Lax`. The paths: the provider's
 * own routes, and for attempts what they share with callback URLs that lie elsewhere, of all environments: only so can
 * each environment remove what another has set.
 */
export function providerCookies(options: {
  providerId: string;
  /** External base URL of the plugin. */
  baseUrl: string;
  appUrl: string;
  config: Config;
}): ProviderCookies {
  const { providerId, appUrl, config } = options;
  const base = new URL(options.baseUrl);
  const path = `${base.pathname.replace(/\/$/, '')}/${providerId}`;
  const secure = base.protocol === 'https:';
  const isCrossSite = new URL(appUrl).hostname !== base.hostname;
  const common = { secure, sameSite: secure && isCrossSite ? 'None' : 'Lax' } as const;
  return {
    session: { ...common, path },
    // The callback is a top-level navigation, for which Lax suffices; None covers front ends that use a frame.
    transaction: { ...common, path: callbackPaths(config, providerId).reduce(commonPath, path) },
  };
}

/** Of the environments that name a callback URL. */
function callbackPaths(config: Config, providerId: string): string[] {
  const block = config.getConfig(`auth.providers.${providerId}`).getOptional<Record<string, unknown>>();
  return Object.values(block ?? {}).flatMap((settings) => {
    const url =
      typeof settings === 'object' && settings !== null && 'callbackUrl' in settings && settings.callbackUrl;
    // One that is no URL is a fault that the check of its block reports.
    const parsed = typeof url === 'string' ? parseUrl(url) : undefined;
    return parsed ? [parsed.pathname] : [];
  });
}

function commonPath(a: string, b: string): string {
  const [left, right] = [a.split('/'), b.split('/')];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return (differs < 0 ? left : left.slice(0, differs)).join('/') || '/';
}
