/** Google on loopback. */
import { demoPeople } from '@vestibule/dev-idp';
import type { EmulatedClient, EmulatedPerson, EmulatedVendor } from './emulatedVendor.ts';
import { startFront } from './front.ts';
import { walkLoginPage } from './loginPage.ts';

/** Who signs in where. @public */
export interface StartEmulatedGoogleOptions {
  clients: readonly EmulatedClient[];
  /** Default: the people of `@vestibule/dev-idp`: `jane`, `omar`, `kim` and `sam`. */
  people?: readonly EmulatedPerson[];
}

/**
 * Starts Google. Its discovery document is at `<url>/.well-known/openid-configuration`, its issuer is the URL.
 *
 * @example
 * ```ts
 * const google = await startEmulatedGoogle({
 *   clients: [{ clientId: 'vestibule', clientSecret: 'a-client-secret', redirectUris: [callbackUrl] }],
 * });
 * const callback = await google.authorize(authorizationUrl, { as: 'jane' });
 * await google.stop();
 * ```
 * @public
 */
export async function startEmulatedGoogle(options: StartEmulatedGoogleOptions): Promise<EmulatedVendor> {
  const { clients } = options;
  const people: readonly EmulatedPerson[] = options.people ?? demoPeople;
  const front = await startFront({
    service: 'google',
    unknownToken: { error: 'invalid_token', error_description: 'Authentication required.' },
    seed: {
      google: {
        users: people.map(({ name, email, emailVerified = true, hostedDomain }) => ({
          name,
          email,
          email_verified: emailVerified,
          ...(hostedDomain !== undefined && { hd: hostedDomain === false ? '' : hostedDomain }),
        })),
        oauth_clients: clients.map(({ clientId, clientSecret, redirectUris }) => ({
          client_id: clientId,
          client_secret: clientSecret,
          name: clientId,
          redirect_uris: redirectUris,
        })),
      },
    },
  });
  const emailOf = (id: string): string => {
    const person = people.find((one) => one.id === id);
    if (!person)
      throw new Error(`nobody is called '${id}'; there are ${people.map((one) => one.id).join(', ')}`);
    return person.email;
  };

  return {
    url: front.url,
    authorize: async (url, { as }) => walkLoginPage(url, { field: 'email', value: emailOf(as) }),
    async revoke(person) {
      const email = emailOf(person);
      for (const one of [...front.granted]) {
        const headers = { authorization: `Bearer ${one.accessToken}` };
        const answer = await fetch(`${front.emulatorUrl}/oauth2/v2/userinfo`, { headers });
        if (((await answer.json()) as { email?: string }).email !== email) continue;
        for (const token of [one.accessToken, one.refreshToken ?? '']) {
          const body = new URLSearchParams({ token });
          await fetch(`${front.emulatorUrl}/oauth2/revoke`, { method: 'POST', body });
        }
        front.granted.splice(front.granted.indexOf(one), 1);
      }
    },
    requests: () => front.requests,
    resetRequests: () => void front.requests.splice(0),
    stop: front.stop,
  };
}
