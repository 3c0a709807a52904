/**
 * The way of a login through this room, in its order: profile transforms, gates, resolvers, and, where config allows it,
 * an identity for who is in no catalog; then the gates that name entities. Nothing takes effect here.
 */
import type { EphemeralSettings } from '../config.ts';
import { createEphemeralIdentities } from './ephemeralIdentity.ts';
import type { Decision } from '../record/recordDraft.ts';
import { resolveIdentity, type ProvenLogin } from './resolveIdentity.ts';
import type { CatalogUsers } from './catalogUsers.ts';
import type { ResolverContexts } from './resolverContext.ts';
import type { SignInJudge, SignInPolicy } from './signInPolicy.ts';
import { namesByDocument, shortenedInputs } from './shortenedInputs.ts';
import { transformProfile } from './transformProfile.ts';

/**
 * Makes the judge.
 *
 * @param options - `signIn` is `auth.signIn` of the config: what becomes of a login that no resolver knows.
 */
export function createSignInJudge(options: {
  contexts: ResolverContexts;
  users: CatalogUsers;
  signIn:
    { onMissing?: 'deny' | 'ephemeral' | undefined; ephemeral?: EphemeralSettings | undefined } | undefined;
}): SignInJudge {
  const { contexts, users, signIn } = options;
  const ephemeral =
    signIn?.onMissing === 'ephemeral'
      ? createEphemeralIdentities({ contexts, users, settings: signIn.ephemeral })
      : undefined;

  return {
    async judge({ login, policy, decision, signal }) {
      const { transforms, gates, resolvers } = policy;
      noteInputs(decision, login);
      const profile = await transformProfile({ login, transforms, contexts, decision, signal });
      gates.checkLogin(login, profile, decision);
      if (resolvers.length === 0) {
        gates.checkIdentity(login, profile, undefined, decision);
        return { profile };
      }
      const toldClaims = identifyingClaims(login, policy);
      const seen = { ...login, profile, ...(toldClaims && { toldClaims }) };
      const issued = await resolveIdentity({ login: seen, resolvers, contexts, decision, signal }).catch(
        async (error: unknown) => {
          if (!ephemeral) throw error;
          return ephemeral.issueFor({ refusal: error, login: seen, policy, decision, signal });
        },
      );
      gates.checkIdentity(login, profile, issued.claims, decision);
      return { profile, issued };
    },

    checkGates({ login, gates, claims, decision }) {
      noteInputs(decision, login);
      gates.checkLogin(login, login.profile, decision);
      gates.checkIdentity(login, login.profile, claims, decision);
    },
  };
}

/** What resolvers are given of the claims. */
function identifyingClaims(
  { result }: ProvenLogin,
  { claimsOf, identifyingClaims: names }: SignInPolicy,
): Readonly<Record<string, unknown>> | undefined {
  const claims = claimsOf?.(result);
  if (!claims || !names) return claims;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => names.includes(name)));
}

function noteInputs(decision: Decision, { profile, claimSources }: ProvenLogin): void {
  decision.inputs = shortenedInputs(profile);
  if (claimSources) decision.claims = namesByDocument(claimSources);
}
