/** Profile transforms: what people see of themselves, at sign-in, at refresh and in the grace time, and who is refused. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule, type JsonObject } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  ProviderUnavailableError,
  authProfileTransformExtensionPoint,
  type OAuthProviderDefinition,
  type ProfileTransform,
} from '@vestibule/plugin-auth-node';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { startIdentityProvider } from '../testing/portal.ts';

type Portal = Awaited<ReturnType<typeof startAcmePortal>>;
type Added = [provider: string, name: string, transform: ProfileTransform];
const portals: Portal[] = [];
let idp: DevIdpServer;
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterAll(async () => idp.stop());
afterEach(async () => {
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});

async function start(
  added: readonly Added[],
  definition: Partial<OAuthProviderDefinition> = {},
  auth: JsonObject = {},
) {
  const acme = createAcmeProvider(definition);
  const module = createBackendModule({
    pluginId: 'auth',
    moduleId: 'transforms',
    register({ registerInit }) {
      registerInit({
        deps: { transforms: authProfileTransformExtensionPoint },
        init({ transforms }) {
          for (const [provider, name, transform] of added) transforms.add({ provider, name, transform });
        },
      });
    },
  });
  const portal = await startAcmePortal({ idp, acme, features: [module], auth });
  portals.push(portal);
  return { acme, portal };
}

const append =
  (suffix: string): ProfileTransform =>
  (_result, { profile }) => ({ profile: { ...profile, displayName: `${profile.displayName}${suffix}` } });
const withEmail =
  (email: string): ProfileTransform =>
  (_result, { profile }) => ({ profile: { ...profile, email } });

describe('profile transforms', () => {
  it("run in order, the provider's own first, and show what they made in every answer", async () => {
    const added: Added[] = [
      ['acme', 'second', append(' 2')],
      ['*', 'third', append(' 3')],
      ['other', 'elsewhere', append(' never')],
    ];
    const { acme, portal } = await start(added, { profileTransform: append(' 1') });
    const browser = new Browser();
    const { message } = await portal.acmeSignIn(browser);
    expect(message?.response?.profile).toEqual({ email: 'jane@example.com', displayName: 'Jane 1 2 3' });
    expect((await portal.acmeRefresh(browser)).body.profile.displayName).toBe('Jane 1 2 3');
    acme.refresh = async () =>
      Promise.resolve({ ...grantOf(), profile: { email: 'jane@example.com', displayName: 'Doe' } });
    portal.clock.advance(3_590_000);
    expect((await portal.acmeRefresh(browser)).body.profile.displayName).toBe('Doe 1 2 3');
    acme.refresh = async () => Promise.reject(new ProviderUnavailableError('away'));
    portal.clock.advance(3_590_000);
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.profile.displayName]).toEqual([200, 'Doe 1 2 3']);
    expect(body.backstageIdentity?.expiresInSeconds).toBeCloseTo(480, -1);
    expect(portal.logs.join('')).toContain(
      'profile transforms: default (provider), then second (module), then third (module)',
    );
  });

  it('come before gates and resolvers, which see what they made', async () => {
    const { acme, portal } = await start(
      [['acme', 'moved', withEmail('sam@moved.example')]],
      {},
      {
        allow: { domains: ['moved.example'] },
      },
    );
    const { message } = await portal.acmeSignIn(new Browser());
    expect(message?.error?.code).toBe('ERR_RESOLVER_NO_MATCH');
    expect(acme.witnessed).toMatchObject([{ profile: { email: 'sam@moved.example' } }]);
    const refused = await start(
      [['acme', 'moved', withEmail('sam@moved.example')]],
      {},
      {
        allow: { domains: ['example.com'] },
      },
    );
    const answer = await refused.portal.acmeSignIn(new Browser());
    expect(answer.message?.error?.code).toBe('ERR_GATE_DOMAIN');
  });

  it('refuse a sign-in, and end a session at its next refresh', async () => {
    let isRefused = false;
    const refuse: ProfileTransform = (_result, context) =>
      isRefused ? context.deny('left the company') : { profile: context.profile };
    const { portal } = await start([['acme', 'leavers', refuse]]);
    const browser = new Browser();
    expect((await portal.acmeSignIn(browser)).message?.error).toBeUndefined();
    isRefused = true;
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    const { message, answer: page } = await portal.acmeSignIn(browser);
    expect(message?.error?.code).toBe('ERR_PROFILE_DENIED');
    expect(JSON.stringify(message)).not.toContain('left the company');
    expect([page.status, browser.cookies.has('acme-refresh-token')]).toEqual([200, false]);
  });

  it.each([
    ['acme', 'acme'],
    ['acme', '*'],
    ['*', 'acme'],
  ])('of one name are refused at the start (%s, %s)', async (one, other) => {
    const added: Added[] = [
      [one, 'same', append('a')],
      [other, 'same', append('b')],
    ];
    await expect(start(added)).rejects.toThrow("a profile transform named 'same' was already added");
  });
});
