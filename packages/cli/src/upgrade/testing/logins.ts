/** How a person gets through the login at each vendor of the portal. */
import type { LoginOptions, ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import type { EmulatedVendor } from '@vestibule/emulated-vendors';

/** The vendors that run. */
export interface Vendors {
  /** As browsers know the portal. */
  baseUrl: string;
  idp: ScriptedOpenIdProvider;
  gitHub: EmulatedVendor;
}

/** @returns by provider id, for a front end. Everybody is Jane. */
export function loginsOf({
  baseUrl,
  idp,
  gitHub,
}: Vendors): (provider: string) => Required<Pick<LoginOptions, 'authorize'>> {
  return (provider) => {
    if (provider === 'github')
      return { authorize: async (url) => gitHub.authorize(url.href, { as: 'jane' }) };
    return {
      authorize: provider === 'vendor' ? async (url) => callbackOfVendor(baseUrl, url) : idp.authorize,
    };
  };
}

/** The vendor of the hosted module runs nowhere, and everybody agrees. */
export function callbackOfVendor(baseUrl: string, authorizationUrl: URL): URL {
  const callback = new URL(`${baseUrl}/api/auth/vendor/handler/frame`);
  callback.searchParams.set('code', 'x');
  callback.searchParams.set('state', authorizationUrl.searchParams.get('state') ?? '');
  return callback;
}
