/**
 * Makes the profile that the person sees: the provider's, then what each transform makes of it. A transform may also
 * refuse the login, by `context.deny` or by throwing.
 */
import { isObject } from '@vestibule/backend-plugin-api';
import {
  isDisplayName,
  isPictureUrl,
  longestDisplayName,
  longestPictureUrl,
  parseEmail,
  RefusalError,
  type ProfileInfo,
  type SignInDenial,
} from '@vestibule/plugin-auth-node';
import type { ResolverContexts } from './resolverContext.ts';
import type { Evaluation, NamedTransform } from './signInPolicy.ts';
import { answerInTime, isNotFound, ownCopy, refusalOfThrown } from './operatorCode.ts';

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
  throw invalidProfile(`${who} returned neither { profile } nor what context.deny gave it.`);
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

/**
 * A profile in the form that everything after it relies on, whoever made it: the known members of a profile, checked. Empty ones are left out; what is not known is dropped.
 *
 * @param maker - For the operator, for example `The provider`.
 * @throws RefusalError `ERR_PROFILE_INVALID` for a member of the wrong type or form.
 */
function checkedProfile(given: unknown, maker: string): ProfileInfo {
  if (!isObject(given)) {
    throw invalidProfile(`${maker} gave a profile that is no object.`);
  }
  const members = given as Readonly<Record<keyof ProfileInfo, unknown>>;
  const read = (name: keyof ProfileInfo, isSound: (text: string) => boolean): Partial<ProfileInfo> => {
    const value = members[name];
    if (value === undefined || value === null || value === '') return {};
    if (typeof value === 'string' && isSound(value)) return { [name]: value };
    throw invalidProfile(`${maker} gave a profile whose '${name}' is not ${forms[name]}.`);
  };
  return {
    ...read('email', (text) => parseEmail(text) !== undefined),
    ...read('displayName', isDisplayName),
    ...read('picture', isPictureUrl),
  };
}

const forms = {
  email: 'an e-mail address',
  displayName: `a text of at most ${longestDisplayName} characters without control characters`,
  picture: `an http or https URL of at most ${longestPictureUrl} characters`,
} as const satisfies Record<keyof ProfileInfo, string>;

function invalidProfile(hint: string): RefusalError {
  return new RefusalError('ERR_PROFILE_INVALID', { hint });
}
