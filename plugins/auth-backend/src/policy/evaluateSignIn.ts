/**
 * The way of a login through this room, in its order: profile transforms, gates, resolvers, and, where config allows it,
 * an identity for who is in no catalog; then the gates that name entities. Nothing takes effect here.
 */
import type { EphemeralSettings } from '../config.ts';
import { createEphemeralIdentities } from './ephemeralIdentity.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { resolveIdentity, type ProvenLogin } from './resolveIdentity.ts';
import type { CatalogUsers } from './catalogUsers.ts';
import type { ResolverContexts } from './resolverContext.ts';
import type { SignInEvaluator, SignInPolicy } from './signInPolicy.ts';
import { namesByDocument, shortenedInputs } from './shortenedInputs.ts';
import { transformProfile } from './transformProfile.ts';

/**
 * Makes the judge.
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
      const { transforms, gates, resolvers } = policy;
      noteInputs(draft, login);
      const profile = await transformProfile({ login, transforms, contexts, draft, signal });
      gates.checkLogin(login, profile, draft);
      if (resolvers.length === 0) {
        gates.checkIdentity(login, profile, undefined, draft);
        return { profile };
      }
      const toldClaims = identifyingClaims(login, policy);
      const seen = { ...login, profile, ...(toldClaims && { toldClaims }) };
      const issued = await resolveIdentity({ login: seen, resolvers, contexts, draft, signal }).catch(
        async (error: unknown) => {
          if (!ephemeral) throw error;
          return ephemeral.issueFor({ refusal: error, login: seen, policy, draft, signal });
        },
      );
      gates.checkIdentity(login, profile, issued.claims, draft);
      return { profile, issued };
    },

    checkGates({ login, gates, claims, draft }) {
      noteInputs(draft, login);
      gates.checkLogin(login, login.profile, draft);
      gates.checkIdentity(login, login.profile, claims, draft);
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

function noteInputs(draft: RecordDraft, { profile, claimSources }: ProvenLogin): void {
  draft.inputs = shortenedInputs(profile);
  if (claimSources) draft.claims = namesByDocument(claimSources);
}
