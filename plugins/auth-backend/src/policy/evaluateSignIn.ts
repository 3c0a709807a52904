/**
 * The service `vestibule.auth.policy`: the way of a login through this room, in its order: profile transforms, gates,
 * resolvers, and, where config allows it, an identity for who is in no catalog; then the gates that name entities. Nothing
 * takes effect here.
 */
import { coreServices, type AuthService, type LoggerService } from '@vestibule/backend-plugin-api';
import {
  parseEmail,
  tokenIssuerServiceRef,
  type ClaimSources,
  type AuthOwnershipResolver,
  type TokenIssuerService,
  type UserTokenClaims,
} from '@vestibule/plugin-auth-node';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import { internalService } from '../internalService.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { authSettingsServiceRef, type AuthSettings } from '../settings.ts';
import { CatalogUsers, createAskCatalog } from './catalogUsers.ts';
import { issueEphemeralIdentity } from './ephemeralIdentity.ts';
import type { Gates } from './gates.ts';
import type { Grant } from './grant.ts';
import { createOwnership } from './ownership.ts';
import { noteIdentity, resolveIdentity } from './resolveIdentity.ts';
import { createResolverContexts, type IssuedIdentity, type ResolverContexts } from './resolverContext.ts';
import { isSignIn, type Evaluation, type SignInOutcome, type SignInPolicy } from './signInPolicy.ts';
import { transformProfile } from './transformProfile.ts';

const mostClaims = 100;
/** How a record names the resolver in a Backstage module's own code. */
export const modulesResolver = "the provider module's own";

/** Judges logins, at sign-in and at every refresh. */
export class Policy {
  /** For the resolvers of Backstage modules, too. */
  readonly contexts: ResolverContexts;
  private readonly users: CatalogUsers;
  private readonly signIn: AuthSettings['signIn'];
  private ownershipResolver: AuthOwnershipResolver | undefined;

  constructor(options: {
    settings: Pick<AuthSettings, 'ownership' | 'signIn'>;
    tokens: TokenIssuerService;
    catalog: CatalogService;
    auth: AuthService;
    logger: Pick<LoggerService, 'warn'>;
  }) {
    const { settings, tokens, logger } = options;
    const ask = createAskCatalog(options);
    const resolver = () => this.ownershipResolver;
    this.users = new CatalogUsers(ask);
    this.signIn = settings.signIn;
    const ownership = createOwnership({ settings: settings.ownership, ask, resolver });
    this.contexts = createResolverContexts({ tokens, users: this.users, ownership, logger });
  }

  /** Has a module say what people own, instead of the config. */
  resolveOwnershipBy(resolver: AuthOwnershipResolver | undefined): void {
    this.ownershipResolver = resolver;
  }

  /**
   * The whole way, writing into the record as it goes.
   *
   * @throws RefusalError with a code of the closed list.
   */
  async evaluate(given: Evaluation): Promise<SignInOutcome> {
    const { login, policy, draft } = given;
    const { transforms, resolvers } = policy;
    noteInputs(draft, login);
    if (!resolvers && login.identity) noteIdentity(draft, modulesResolver, login.identity);
    // Without transforms, a Backstage module's profile is its word, whatever it looks like.
    const isModulesWord = !resolvers && transforms.length === 0;
    const profile = isModulesWord ? login.profile : await transformProfile(given, this.contexts);
    const transformed = Object.assign({}, given, { login: Object.assign({}, login, { profile }) });
    const gates = gatesFor(policy, login.identity);
    gates.checkLogin(transformed.login, draft);
    const issued = resolvers ? await this.resolve(transformed) : login.identity;
    gates.checkIdentity(transformed.login, issued?.claims, draft);
    return { profile, ...(issued && { issued }) };
  }

  /**
   * The gates alone, for a last good identity that goes out once more.
   *
   * @param claims - Of the identity; absent for access delegation.
   * @throws RefusalError `ERR_GATE_…`.
   */
  checkGates(given: Omit<Evaluation, 'budget'>, claims: UserTokenClaims | undefined): void {
    const { login, policy, draft } = given;
    const gates = gatesFor(policy, claims);
    noteInputs(draft, login);
    gates.checkLogin(login, draft);
    gates.checkIdentity(login, claims, draft);
  }

  private async resolve(given: Evaluation): Promise<IssuedIdentity | undefined> {
    if (given.policy.resolvers?.length === 0) return undefined;
    try {
      return await resolveIdentity(given, this.contexts);
    } catch (error) {
      const { contexts, users, signIn } = this;
      if (signIn?.onMissing !== 'ephemeral') throw error;
      return issueEphemeralIdentity(given, error, { contexts, users, settings: signIn.ephemeral });
    }
  }
}

function gatesFor(policy: SignInPolicy, identity: object | undefined): Gates {
  const { gates, delegationGates = gates } = policy;
  return isSignIn(policy, identity) ? gates : delegationGates;
}

function noteInputs(draft: RecordDraft, { profile, claimSources }: Grant): void {
  draft.inputs = shortenedInputs(profile);
  if (claimSources) draft.claims = namesByDocument(claimSources);
}

/**
 * What a record may keep of a profile: enough to recognise a login by, too little to name somebody. By member `given`, or of an e-mail address the first character and the domain: `j…@example.com`.
 */
function shortenedInputs(profile: unknown): Record<string, string> {
  const { email, displayName, picture } = (profile ?? {}) as Partial<Record<string, unknown>>;
  const given = Object.entries({ email, displayName, picture }).filter(([, value]) => (value ?? '') !== '');
  return Object.fromEntries(
    given.map(([name, value]) => [name, name === 'email' ? shortenedEmail(value) : 'given']),
  );
}

/** The names of the claims that each document gave, without their values: `{ userinfo: ['email', 'sub'] }`. */
function namesByDocument(sources: ClaimSources): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const [claim, document] of Object.entries(sources).slice(0, mostClaims)) {
    (names[document] ??= []).push(claim);
  }
  return names;
}

function shortenedEmail(value: unknown): string {
  const email = parseEmail(value);
  if (!email) return 'given';
  const [first = ''] = email.localPart;
  return `${first}…@${email.domain}`;
}

/** Within sign-in. */
export const policyServiceRef = internalService({
  id: 'vestibule.auth.policy',
  deps: {
    settings: authSettingsServiceRef,
    tokens: tokenIssuerServiceRef,
    catalog: catalogServiceRef,
    auth: coreServices.auth,
    logger: coreServices.logger,
  },
  factory: (deps) => new Policy(deps),
});
