/**
 * Makes the profile that the person sees: the provider's, then what each transform makes of it. A transform may also
 * refuse the login, by `context.deny` or by throwing.
 */
import { RefusalError, type ProfileInfo, type SignInDenial } from '@vestibule/plugin-auth-node';
import { checkedProfile } from './checkedProfile.ts';
import { ownCopy } from './ownCopy.ts';
import type { ResolverContexts } from './resolverContext.ts';
import type { Evaluation, NamedTransform } from './signInPolicy.ts';
import { isNotFound, refusalOfThrown } from './thrownError.ts';
import { answerInTime } from './answerInTime.ts';

/**
 * The profile after all transforms.
 *
 * @throws RefusalError `ERR_PROFILE_INVALID`, `ERR_PROFILE_DENIED`, `ERR_RESOLVER_FAILED` for a fault in a transform,
 *   `ERR_RESOLVER_TIMEOUT`, and what the catalog throws.
 */
export async function transformProfile(given: Evaluation, contexts: ResolverContexts): Promise<ProfileInfo> {
  const { login, policy, draft } = given;
  let profile = checkedProfile(login.profile, 'The provider');
  for (const transform of policy.transforms) {
    try {
      profile = await applied(transform, profile, given, contexts);
    } catch (error) {
      const refusal = refusalOf(error);
      const { reason } = error instanceof Denial ? error : {};
      draft.transforms.push({
        transform: transform.name,
        verdict: refusal.code === 'ERR_PROFILE_DENIED' ? 'deny' : 'error',
        ...(reason !== undefined && { reason }),
        code: refusal.code,
      });
      throw refusal;
    }
    draft.transforms.push({ transform: transform.name, verdict: 'profile' });
  }
  return profile;
}

async function applied(
  { name, transform }: NamedTransform,
  profile: ProfileInfo,
  { login, draft, signal }: Evaluation,
  contexts: ResolverContexts,
): Promise<ProfileInfo> {
  const who = `Profile transform '${name}'`;
  const {
    context: { findCatalogUser, deny },
  } = contexts.create({ draft, signal, resolver: who });
  const answer: unknown = await answerInTime(signal, who, () =>
    // Copies: what a transform writes into the profile counts only when it returns it, into the result never.
    transform(ownCopy(login.result), { profile: { ...profile }, findCatalogUser, deny, signal }),
  );
  if (typeof answer === 'object' && answer !== null) {
    if ((answer as Partial<SignInDenial>).verdict === 'deny')
      throw new Denial(who, String((answer as SignInDenial).reason));
    if ('profile' in answer && !('verdict' in answer)) return checkedProfile(answer.profile, who);
  }
  throw new RefusalError('ERR_PROFILE_INVALID', {
    hint: `${who} returned neither { profile } nor what context.deny gave it.`,
  });
}

/** A no by `context.deny`. */
class Denial extends RefusalError {
  constructor(
    who: string,
    readonly reason: string,
  ) {
    super('ERR_PROFILE_DENIED', { hint: `${who}: ${reason}` });
  }
}

/** Somebody whom the transform looked up is not there: here nobody else is asked, so it is a no. */
function refusalOf(error: unknown): RefusalError {
  if (isNotFound(error)) return new RefusalError('ERR_PROFILE_DENIED', { cause: error });
  return refusalOfThrown(error, 'ERR_PROFILE_DENIED');
}
