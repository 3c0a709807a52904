/**
 * Makes the profile that the person sees: the provider's, then what each transform makes of it. A transform may also
 * refuse the login, by `context.deny` or by throwing.
 */
import { RefusalError, type ProfileInfo, type SignInDenial } from '@vestibule/plugin-auth-node';
import type { RecordDraft } from '../record/recordDraft.ts';
import { checkedProfile } from './checkedProfile.ts';
import { ownCopy } from './ownCopy.ts';
import type { Grant } from './grant.ts';
import type { ResolverContexts } from './resolverContext.ts';
import type { NamedTransform } from './signInPolicy.ts';
import { isNotFound, refusalOfThrown } from './thrownError.ts';
import { untilAborted } from './untilAborted.ts';

/**
 * The profile after all transforms.
 *
 * @throws RefusalError `ERR_PROFILE_INVALID`, `ERR_PROFILE_DENIED`, `ERR_RESOLVER_FAILED` for a fault in a transform,
 *   `ERR_RESOLVER_TIMEOUT`, and what the catalog throws.
 */
export async function transformProfile(options: {
  login: Grant;
  transforms: readonly NamedTransform[];
  contexts: ResolverContexts;
  draft: RecordDraft;
  signal: AbortSignal;
}): Promise<ProfileInfo> {
  const { login, transforms, draft } = options;
  let profile = checkedProfile(login.profile, 'The provider');
  for (const { name, transform } of transforms) {
    try {
      profile = await applied({ ...options, name, transform, profile });
    } catch (error) {
      const refusal = refusalOf(error);
      const { reason } = error instanceof Denial ? error : {};
      draft.transforms.push({
        transform: name,
        verdict: refusal.code === 'ERR_PROFILE_DENIED' ? 'deny' : 'error',
        ...(reason !== undefined && { reason }),
        code: refusal.code,
      });
      throw refusal;
    }
    draft.transforms.push({ transform: name, verdict: 'profile' });
  }
  return profile;
}

async function applied(options: {
  login: Grant;
  name: string;
  transform: NamedTransform['transform'];
  profile: ProfileInfo;
  contexts: ResolverContexts;
  draft: RecordDraft;
  signal: AbortSignal;
}): Promise<ProfileInfo> {
  const { login, name, transform, profile, contexts, draft, signal } = options;
  const who = `Profile transform '${name}'`;
  const {
    context: { findCatalogUser, deny },
  } = contexts.create({ draft, signal, resolver: who });
  const answer: unknown = await untilAborted(signal, who, () =>
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
  readonly reason: string;

  constructor(who: string, reason: string) {
    super('ERR_PROFILE_DENIED', { hint: `${who}: ${reason}` });
    this.reason = reason;
  }
}

/** Somebody whom the transform looked up is not there: here nobody else is asked, so it is a no. */
function refusalOf(error: unknown): RefusalError {
  if (isNotFound(error)) return new RefusalError('ERR_PROFILE_DENIED', { cause: error });
  return refusalOfThrown(error, 'ERR_PROFILE_DENIED');
}
