/** What resolvers, transforms and config decide, seen from the browser: pages, tokens, sessions and the log. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import type { DevIdpServer } from '@vestibule/dev-idp';
import {
  authProfileTransformExtensionPoint,
  signInResolverExtensionPoint,
  type ProfileTransform,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import { createAcmeProvider, grantOf, startAcmePortal } from '../testing/acmeProvider.ts';
import { Browser } from '../testing/browser.ts';
import { claimsOf, startIdentityProvider } from '../testing/portal.ts';
import { createGroupCatalog, names, threeLevels } from './testing/groupCatalog.ts';

type Portal = Awaited<ReturnType<typeof startAcmePortal>>;

const acme = createAcmeProvider({
  claimsOf: (result) => ({ department: (result as { department?: string }).department }),
});
const asJane: SignInResolver = async (_, ctx) => ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } });
const keep: ProfileTransform = (_, { profile }) => ({ profile });
/** Steered by the tests. */
let rules = { resolver: asJane, transform: keep };

const rulesModule = createBackendModule({
  pluginId: 'auth',
  moduleId: 'rules-of-the-test',
  register({ registerInit }) {
    registerInit({
      deps: { resolvers: signInResolverExtensionPoint, transforms: authProfileTransformExtensionPoint },
      init({ resolvers, transforms }) {
        resolvers.add({
          provider: 'acme',
          name: 'rule',
          resolver: async (info, context) => rules.resolver(info, context),
        });
        transforms.add({
          provider: 'acme',
          name: 'profile',
          transform: async (result: unknown, context) => rules.transform(result, context),
        });
      },
    });
  },
});

let idp: DevIdpServer;
const portals: Portal[] = [];
beforeAll(async () => {
  idp = await startIdentityProvider('http://localhost:7007/api/auth/oidc/handler/frame');
});
afterEach(async () => {
  rules = { resolver: asJane, transform: keep };
  acme.reset();
  await Promise.all(portals.splice(0).map(async (portal) => portal.stop()));
});
afterAll(async () => idp.stop());

async function start(options: Partial<Parameters<typeof startAcmePortal>[0]> = {}): Promise<Portal> {
  const portal = await startAcmePortal({
    acme,
    idp,
    features: [rulesModule],
    settings: { signIn: { resolvers: [{ resolver: 'rule' }] } },
    ...options,
  });
  portals.push(portal);
  return portal;
}

/** What the bearer of a token owns things as. */
async function ownershipOf(portal: Portal, token: string): Promise<unknown> {
  const answer = await fetch(`${portal.base}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  const { claims } = (await answer.json()) as { claims: { ent: unknown } };
  return claims.ent;
}

describe('a user in 1,000 groups over three levels', () => {
  const transitive = { ownership: { mode: 'transitive' } };

  it('signs in with one query for each level and chunk, and a token below 1 KB', async () => {
    const { direct, parents } = threeLevels();
    const catalog = createGroupCatalog(direct, parents);
    const portal = await start({ catalog, auth: transitive });
    const { message } = await portal.acmeSignIn(new Browser());
    const { token = '', identity } = message?.response?.backstageIdentity ?? {};
    expect(identity?.ownershipEntityRefs).toHaveLength(1001);
    expect(catalog.queries).toEqual([500, 200, 250, 50]);
    expect(token.length).toBeLessThan(1024);
    expect(claimsOf(token)).not.toHaveProperty('ent');
    expect(await ownershipOf(portal, token)).toEqual(identity?.ownershipEntityRefs);
  });

  it('is refused with their number where config puts them into the token', async () => {
    const { direct, parents } = threeLevels();
    const catalog = createGroupCatalog(direct, parents);
    const portal = await start({
      catalog,
      auth: { ...transitive, omitIdentityTokenOwnershipClaim: false },
    });
    const browser = new Browser();
    const { message } = await portal.acmeSignIn(browser);
    expect(message?.error?.code).toBe('ERR_TOKEN_TOO_LARGE');
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
    expect(portal.logs.join('')).toContain('with 1001 ownership references');
  });

  it('has them in the token where config says so and they fit', async () => {
    const catalog = createGroupCatalog(['a'], { a: names('above', 300) });
    const portal = await start({
      catalog,
      auth: { ...transitive, omitIdentityTokenOwnershipClaim: false },
    });
    const { message } = await portal.acmeSignIn(new Browser());
    const { token = '', identity } = message?.response?.backstageIdentity ?? {};
    expect(identity?.ownershipEntityRefs).toHaveLength(302);
    expect(claimsOf(token).ent).toEqual(identity?.ownershipEntityRefs);
  });
});

describe('an error that is thrown to refuse somebody', () => {
  const refuse = () => {
    throw new Error('Login failed, this email does not belong to the expected domain');
  };

  it.each([
    ['a resolver', 'ERR_RESOLVER_DENIED', { resolver: refuse, transform: keep }],
    ['a profile transform', 'ERR_PROFILE_DENIED', { resolver: asJane, transform: refuse }],
  ])('by %s refuses with a sentence; its words and its stack are in the log', async (_, code, given) => {
    rules = given;
    // In development the page tells a developer more.
    const portal = await start({ isProduction: true });
    const browser = new Browser();
    const { message, answer } = await portal.acmeSignIn(browser);
    expect(message?.error).toMatchObject({ code, name: 'NotAllowedError' });
    expect(answer.text).toContain('You may not sign in to this portal.');
    expect(answer.text).not.toContain('expected domain');
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
    const log = portal.logs.join('');
    expect(log).toContain('this email does not belong to the expected domain');
    expect(log).toContain('signInRules.test');
  });

  it.each([
    ['a resolver', { resolver: refuse, transform: keep }],
    ['a profile transform', { resolver: asJane, transform: refuse }],
  ])('by %s ends the session at the next refresh', async (_, given) => {
    const portal = await start();
    const browser = new Browser();
    await portal.acmeSignIn(browser);
    rules = given;
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.error?.code]).toEqual([401, 'ERR_AUTH_SESSION_ENDED']);
    expect(browser.cookies.has('acme-refresh-token')).toBe(false);
  });
});

describe('a fault', () => {
  const breakDown = () => {
    throw new TypeError('Cannot read properties of undefined');
  };

  it.each([
    ['a resolver', { resolver: breakDown, transform: keep }],
    ['a profile transform', { resolver: asJane, transform: breakDown }],
  ])('of %s signs nobody in, and ends no session within the grace time', async (_, given) => {
    const portal = await start();
    const browser = new Browser();
    await portal.acmeSignIn(browser);
    rules = given;
    expect((await portal.acmeSignIn(new Browser())).message?.error?.code).toBe('ERR_RESOLVER_FAILED');
    const { answer, body } = await portal.acmeRefresh(browser);
    expect([answer.status, body.backstageIdentity?.identity.userEntityRef]).toEqual([
      200,
      'user:default/jane',
    ]);
    portal.clock.advance(31_000);
    rules = { resolver: asJane, transform: keep };
    expect((await portal.acmeRefresh(browser)).answer.status).toBe(200);
  });
});

it('a transform makes the profile that the person sees, at sign-in and at refresh', async () => {
  rules.transform = () => ({ profile: { displayName: 'J.', picture: 'https://acme.org/j.png' } });
  const portal = await start();
  const browser = new Browser();
  const profile = { displayName: 'J.', picture: 'https://acme.org/j.png' };
  expect((await portal.acmeSignIn(browser)).message?.response?.profile).toEqual(profile);
  expect((await portal.acmeRefresh(browser)).body.profile).toEqual(profile);
  rules.transform = keep;
  expect((await portal.acmeRefresh(browser)).body.profile).toEqual(grantOf().profile);
});

it('who is in no catalog signs in and stays signed in where config says so, with the groups of their claims', async () => {
  rules.resolver = (_, context) => context.pass();
  acme.exchange = async () => Promise.resolve({ ...grantOf(), result: { department: 'it' } });
  const groups = [{ claim: 'department', value: 'it', group: 'group:default/it' }];
  const portal = await start({ auth: { signIn: { onMissing: 'ephemeral', ephemeral: { groups } } } });
  const browser = new Browser();
  const { message } = await portal.acmeSignIn(browser);
  const { token = '', identity } = message?.response?.backstageIdentity ?? {};
  const ent = ['user:ephemeral/jane@example.com', 'group:default/it'];
  expect(identity).toEqual({ type: 'user', userEntityRef: ent[0], ownershipEntityRefs: ent });
  expect(await ownershipOf(portal, token)).toEqual(ent);
  const { body } = await portal.acmeRefresh(browser);
  expect(body.backstageIdentity?.identity).toEqual(identity);
});
