/**
 * Identities for people who are in no catalog (`auth.signIn.onMissing: ephemeral`): made when every resolver passed, and
 * never after one said no or failed.
 *
 * The reference must mean one person, now and at each later sign-in. An address that the provider vouches for does, and
 * no entity can have it for a name. Without one it is a digest of what the provider calls the person: put together from
 * readable parts, `acme` and `x-1` would make the name of `acme-x` and `1`, and names know no letter case while subjects
 * do (OpenID Connect Core 1.0 section 2: `sub` is case-sensitive, unique within the issuer).
 */
import { createHash } from 'node:crypto';
import { asciiLowerCase, isValidEntityName } from '@vestibule/catalog-model';
import { RefusalError, isNameOutsideCatalog } from '@vestibule/plugin-auth-node';
import type { EphemeralSettings } from '../config.ts';
import type { CatalogUsers } from './catalogUsers.ts';
import { NobodyKnownError, noteIdentity } from './resolveIdentity.ts';
import type { Grant } from './grant.ts';
import type { IssuedIdentity, ResolverContexts } from './resolverContext.ts';
import type { Evaluation, SignInPolicy } from './signInPolicy.ts';
import { refusalOfThrown } from './operatorCode.ts';

/** As the decision names it, beside the resolvers. */
const stepName = 'auth.signIn.onMissing';
const defaultSettings: EphemeralSettings = { namespace: 'ephemeral', groups: [] };
const digestCharacters = 32;

/**
 * Issues the identity of a login that the resolvers refused.
 *
 * @param given - With the profile as the resolvers saw it.
 * @param options - `settings` is `auth.signIn.ephemeral`; by default the namespace `ephemeral` and no groups.
 * @throws the refusal itself, where it is another than that nobody is known, or there is nothing to name them by;
 *   `ERR_EPHEMERAL_NAME_TAKEN`; what the catalog throws.
 */
export async function issueEphemeralIdentity(
  { login, policy, draft, budget }: Evaluation,
  refusal: unknown,
  options: { contexts: ResolverContexts; users: CatalogUsers; settings: EphemeralSettings | undefined },
): Promise<IssuedIdentity> {
  const { contexts, users, settings: { namespace, groups } = defaultSettings } = options;
  const name = refusal instanceof NobodyKnownError ? nameOf(login, policy.providerId) : undefined;
  if (name === undefined) throw refusal;
  const sub = `user:${namespace}/${name}`;
  const lookUp = { draft, budget, resolver: stepName };
  const { context, issued } = contexts.create(lookUp);
  try {
    if (await users.isTaken(sub, lookUp)) {
      throw new RefusalError('ERR_EPHEMERAL_NAME_TAKEN', { hint: `${sub} is in the catalog.` });
    }
    const ent = [sub, ...groupsOf(login, policy, groups)];
    const { token } = await context.issueToken({ claims: { sub, ent } });
    const identity = issued.get(token)!;
    const ownership = { size: identity.claims.ent.length, source: 'ephemeral' } as const;
    return noteIdentity(draft, stepName, { ...identity, ownership });
  } catch (error) {
    const failure = refusalOfThrown(error, 'ERR_RESOLVER_DENIED');
    draft.resolvers.push({ resolver: stepName, verdict: 'error', code: failure.code });
    throw failure;
  }
}

function nameOf({ profile, subject, issuer }: Grant, providerId: string): string | undefined {
  const { email } = profile;
  if (email !== undefined && isNameOutsideCatalog(email)) return asciiLowerCase(email);
  if (!subject) return undefined;
  const digest = createHash('sha256')
    .update(JSON.stringify([providerId, issuer ?? '', subject]))
    .digest('hex')
    .slice(0, digestCharacters);
  const name = `${asciiLowerCase(providerId)}-${digest}`;
  return isValidEntityName(name) ? name : digest;
}

/** Where the claim is the value, or a list that holds it, byte for byte. */
function groupsOf(
  { result }: Grant,
  { claimsOf }: Pick<SignInPolicy, 'claimsOf'>,
  groups: EphemeralSettings['groups'],
): string[] {
  if (groups.length === 0 || !claimsOf) return [];
  const claims: Readonly<Record<string, unknown>> = claimsOf(result) ?? {};
  const held = groups.filter(({ claim, value }) => {
    const given = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return Array.isArray(given) ? given.includes(value) : given === value;
  });
  return [...new Set(held.map(({ group }) => asciiLowerCase(group)))];
}
