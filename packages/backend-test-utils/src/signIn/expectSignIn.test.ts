import { describe, expect, it } from '@jest/globals';
import { coreServices, Inject, NotFoundError, type LoggerService } from '@vestibule/backend-plugin-api';
import {
  commonSignInResolvers,
  createSignInResolverFactory,
  type AuthResolverContext,
  type OAuthResult,
  type SignInInfo,
  type SignInResolver,
  type SignInResolverObject,
} from '@vestibule/plugin-auth-node';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import { mockServices } from '../mockServices/mockServices.ts';
import { catalogGroup, catalogUser } from './catalogEntities.ts';
import { expectSignIn } from './expectSignIn.ts';
import { github, google, oidc } from './logins.ts';

const { emailMatchingUserEntityProfileEmail, subjectMatchingUserEntityAnnotation } = commonSignInResolvers;

const people = [
  catalogUser('jane', {
    email: 'jane@example.com',
    annotations: { 'accounts.google.com/sub': '4711', 'github.com/login': 'jane' },
    memberOf: ['team-a'],
  }),
  catalogGroup('team-a', { childOf: 'staff' }),
  catalogGroup('staff'),
];

const byLogin: SignInResolver<OAuthResult> = async ({ result }, ctx) => {
  const login = result.fullProfile.username;
  if (login === undefined) return ctx.pass('no login');
  if (login === 'mallory') return ctx.deny('not Mallory');
  return ctx.signInWithCatalogUser({ annotations: { 'github.com/login': login } });
};

@Inject(catalogServiceRef, coreServices.logger)
class ByAddress implements SignInResolverObject {
  constructor(
    private readonly catalog: CatalogService,
    private readonly logger: LoggerService,
  ) {}

  async resolve({ profile }: SignInInfo, context: AuthResolverContext) {
    const { items } = await this.catalog.getEntities(
      { filter: { kind: 'user' } },
      { credentials: {} as never, signal: context.signal },
    );
    this.logger.info(`${items.length} to choose from`);
    if (profile.email === undefined) throw new NotFoundError('ERR_ACME_NOBODY', 'nobody');
    return context.signInWithCatalogUser({ filter: { 'spec.profile.email': profile.email } });
  }
}

const withOptions = createSignInResolverFactory<OAuthResult>({
  create: () => async (_info, ctx) => ctx.signInWithCatalogUser({ entityRef: { name: 'jane' } }),
});

describe('expectSignIn', () => {
  it('takes a function, a factory, an object, a list, and resolvers by their names', async () => {
    const logger = mockServices.logger();
    const instance = new ByAddress(mockServices.catalog({ entities: people }), logger);
    const passing: SignInResolver = (_info, ctx) => ctx.pass('not mine');
    for (const expectation of [
      expectSignIn(byLogin),
      expectSignIn(withOptions),
      expectSignIn(emailMatchingUserEntityProfileEmail({ allowedDomains: ['example.com'] })),
      expectSignIn(instance),
      expectSignIn([passing, byLogin]),
      expectSignIn({ passing, byLogin }),
    ]) {
      await expectation.withCatalog(people).given(github()).toResolveTo('user:default/jane');
    }
    expect(logger.lines).toEqual([{ level: 'info', message: '1 to choose from', meta: {} }]);
  });

  it('tells a refusal, a pass and what somebody owns', async () => {
    const expectation = expectSignIn(byLogin).withCatalog(people);
    await expectation.given(github({ login: 'mallory' })).toBeDenied('ERR_RESOLVER_DENIED');
    await expectation.given(github({ login: 'omar' })).toPass();
    await expectation.given(google()).toPass();
    const jane = expectation.given(github());
    await jane.toResolveTo('user:default/jane');
    const { claims } = await jane.toOwn(['group:default/team-a', 'user:default/jane']);
    expect(claims).toEqual({
      sub: 'user:default/jane',
      ent: ['user:default/jane', 'group:default/team-a'],
    });
  });

  it('runs gates, ownership and what becomes of strangers as config has them', async () => {
    const expectation = expectSignIn(emailMatchingUserEntityProfileEmail).withCatalog(people);
    await expectation
      .withConfig({ ownership: { mode: 'transitive' } })
      .given(oidc())
      .toOwn(['user:default/jane', 'group:default/team-a', 'group:default/staff']);
    await expectation
      .withConfig({ allow: { domains: ['acme.example'] } })
      .given(oidc())
      .toBeDenied('ERR_GATE_DOMAIN');
    const hosted = expectation.withConfig({ allow: { hostedDomains: ['example.com'] } });
    await hosted.given(google({ hd: 'example.com' })).toResolveTo('user:default/jane');
    await hosted.given(google()).toBeDenied('ERR_GATE_HOSTED_DOMAIN');
    await expectation
      .withConfig({ allow: { githubOrganizations: ['acme'] } })
      .given(github({ organizations: ['acme'] }))
      .toResolveTo('user:default/jane');
    await expectation
      .withConfig({
        signIn: {
          onMissing: 'ephemeral',
          ephemeral: { groups: [{ claim: 'groups', value: 'it', group: 'group:default/it' }] },
        },
      })
      .given(oidc({ claims: { email: 'kim@example.com', groups: ['it'] } }))
      .toOwn(['user:ephemeral/kim@example.com', 'group:default/it']);
    await expectation
      .withOwnership({
        resolveOwnershipEntityRefs: async () => ({ ownershipEntityRefs: ['group:default/x'] }),
      })
      .given(oidc())
      .toOwn(['group:default/x']);
    await expect(
      expectation
        .withConfig({ allow: { domains: [] } })
        .given(oidc())
        .toBeDenied(),
    ).rejects.toThrow(TypeError);
  });

  it('knows the subject, and an address that nobody vouches for', async () => {
    const bySubject = expectSignIn(subjectMatchingUserEntityAnnotation).withCatalog(people);
    await bySubject.given(google({ sub: '4711' })).toResolveTo('user:default/jane');
    await bySubject.given(google({ sub: '4712' })).toPass();
    const byEmail = expectSignIn(emailMatchingUserEntityProfileEmail).withCatalog(people);
    await byEmail.given(google({ emailVerified: false })).toBeDenied('ERR_EMAIL_NOT_VERIFIED');
    await byEmail.given(oidc({ claims: { email_verified: false } })).toBeDenied('ERR_EMAIL_NOT_VERIFIED');
    await byEmail.given(oidc({ claims: { email: undefined } })).toBeDenied('ERR_PROFILE_NO_EMAIL');
    await byEmail.given(github({ email: null })).toPass();
  });

  it('stops a resolver that hangs', async () => {
    await expectSignIn(async () => new Promise<never>(() => undefined))
      .within(20)
      .given(oidc())
      .toBeDenied('ERR_RESOLVER_TIMEOUT');
  });

  it('tells a catalog that is away from one without the user', async () => {
    const catalog = mockServices.catalog({ entities: people });
    const expectation = expectSignIn(emailMatchingUserEntityProfileEmail).withCatalog(catalog);
    catalog.failWith();
    await expectation.given(oidc()).toBeDenied('ERR_CATALOG_UNAVAILABLE');
    catalog.recover();
    await expectation.given(oidc()).toResolveTo('user:default/jane');
    expect(catalog.calls.map(({ method }) => method)).toEqual(['getEntities', 'getEntities']);
  });

  it.each([
    [
      'another user',
      async () => expectSignIn(byLogin).withCatalog(people).given(github()).toResolveTo('user:default/sam'),
    ],
    [
      'more ownership',
      async () => expectSignIn(byLogin).withCatalog(people).given(github()).toOwn(['user:default/jane']),
    ],
    ['a refusal', async () => expectSignIn(byLogin).withCatalog(people).given(github()).toBeDenied()],
    ['a pass', async () => expectSignIn(byLogin).withCatalog(people).given(github()).toPass()],
  ])('prints the decision where it expected %s', async (_what, expectation) => {
    await expect(expectation()).rejects.toThrow(
      /but:\n\nsign-in with 'github' allowed\n(.*\n)*.*found user:default\/jane/,
    );
  });

  it.each([
    [
      'another code',
      async () =>
        expectSignIn(byLogin)
          .given(github({ login: 'mallory' }))
          .toBeDenied('ERR_GATE_USER'),
    ],
    [
      'a pass',
      async () =>
        expectSignIn(byLogin)
          .given(github({ login: 'mallory' }))
          .toPass(),
    ],
    [
      'a user',
      async () =>
        expectSignIn(byLogin)
          .given(github({ login: 'mallory' }))
          .toResolveTo('user:default/mallory'),
    ],
    [
      'ownership',
      async () =>
        expectSignIn(byLogin)
          .given(github({ login: 'mallory' }))
          .toOwn([]),
    ],
  ])('prints why somebody was refused where it expected %s', async (_what, expectation) => {
    await expect(expectation()).rejects.toThrow(
      /refused: ERR_RESOLVER_DENIED\n(.*\n)*.*refused.*: not Mallory/,
    );
  });

  it('shows what a resolver threw', async () => {
    const broken: SignInResolver = () => {
      throw new TypeError('a bug of mine');
    };
    await expect(expectSignIn(broken).given(oidc()).toPass()).rejects.toThrow('TypeError: a bug of mine');
  });
});
