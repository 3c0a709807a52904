/**
 * The way of a login through this room, in its order: profile transforms, gates, resolvers, and, where config allows it,
 * an identity for who is in no catalog; then the gates that name entities. Nothing takes effect here.
 */
import type { EphemeralSettings } from '../config.ts';
import { createEphemeralIdentities } from './ephemeralIdentity.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { Gates } from './gates.ts';
import { resolveIdentity, type NamedResolver } from './resolveIdentity.ts';
import type { Grant } from './grant.ts';
import type { CatalogUsers } from './catalogUsers.ts';
import type { IssuedIdentity, ResolverContexts } from './resolverContext.ts';
import { isSignIn, type SignInEvaluator, type SignInPolicy } from './signInPolicy.ts';
import { namesByDocument, shortenedInputs } from './shortenedInputs.ts';
import { transformProfile } from './transformProfile.ts';

/** How a record names the resolver in a Backstage module's own code. */
export const modulesResolver = "the provider module's own";

/**
 * Makes the evaluator.
 *
 * @param options - `signIn` is `auth.signIn` of the config: what becomes of a login that no resolver knows.
 */
export function createSignInEvaluator(options: {
  contexts: ResolverContexts;
  users: CatalogUsers;
  signIn:
    { onMissing?: 'deny' | 'ephemeral' | undefined; ephemeral?: EphemeralSettings | undefined } | undefined;
}): SignInEvaluator {
  const { contexts, users, signIn } = options;
  const ephemeral =
    signIn?.onMissing === 'ephemeral'
      ? createEphemeralIdentities({ contexts, users, settings: signIn.ephemeral })
      : undefined;

  return {
    async evaluate({ login, policy, draft, signal }) {
      const { transforms, resolvers } = policy;
      noteInputs(draft, login);
      if (!resolvers) noteModulesResolver(draft, login.identity);
      // Without transforms, a Backstage module's profile is its word, whatever it looks like.
      const isModulesWord = !resolvers && transforms.length === 0;
      const profile = isModulesWord
        ? login.profile
        : await transformProfile({ login, transforms, contexts, draft, signal });
      const gates = gatesFor(policy, login.identity);
      gates.checkLogin(login, profile, draft);
      const issued = resolvers
        ? await resolve({ ...login, profile }, { policy, resolvers, draft, signal })
        : login.identity;
      gates.checkIdentity(login, profile, issued?.claims, draft);
      return { profile, ...(issued && { issued }) };
    },

    checkGates({ login, policy, claims, draft }) {
      const gates = gatesFor(policy, claims);
      noteInputs(draft, login);
      gates.checkLogin(login, login.profile, draft);
      gates.checkIdentity(login, login.profile, claims, draft);
    },
  };

  async function resolve(
    login: Grant,
    options: {
      policy: SignInPolicy;
      resolvers: readonly NamedResolver[];
      draft: RecordDraft;
      signal: AbortSignal;
    },
  ): Promise<IssuedIdentity | undefined> {
    const { policy, resolvers, draft, signal } = options;
    if (resolvers.length === 0) return undefined;
    const toldClaims = identifyingClaims(login, policy);
    try {
      return await resolveIdentity({ login, toldClaims, resolvers, contexts, draft, signal });
    } catch (error) {
      if (!ephemeral) throw error;
      return ephemeral.issueFor({ refusal: error, login, policy, draft, signal });
    }
  }
}

function gatesFor(policy: SignInPolicy, identity: object | undefined): Gates {
  const { gates, delegationGates = gates } = policy;
  return isSignIn(policy, identity) ? gates : delegationGates;
}

/** The step of a resolver in the module's own code. */
function noteModulesResolver(draft: RecordDraft, identity: IssuedIdentity | undefined): void {
  if (!identity) return;
  draft.resolvers.push({ resolver: modulesResolver, verdict: 'identity' });
  draft.userEntityRef = identity.claims.sub;
  draft.ownership = identity.ownership;
}

/** What resolvers are given of the claims. */
function identifyingClaims(
  { result }: Grant,
  { claimsOf, identifyingClaims: names }: SignInPolicy,
): Readonly<Record<string, unknown>> | undefined {
  const claims = claimsOf?.(result);
  if (!claims || !names) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}

function noteInputs(draft: RecordDraft, { profile, claimSources }: Grant): void {
  draft.inputs = shortenedInputs(profile);
  if (claimSources) draft.claims = namesByDocument(claimSources);
}
