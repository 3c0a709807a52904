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
} from '@vestibule/plugin-auth-node';
import type { ResolverContexts } from './resolverContext.ts';
import type { Evaluation } from './signInPolicy.ts';
import { answerInTime, isNotFound, ownCopy, refusalOfThrown } from './operatorCode.ts';

/**
 * The profile after all transforms.
 *
 * @throws RefusalError `ERR_PROFILE_INVALID`, `ERR_PROFILE_DENIED`, `ERR_RESOLVER_FAILED` for a fault in a transform,
 *   `ERR_RESOLVER_TIMEOUT`, and what the catalog throws.
 */
export async function transformProfile(
  { login, policy, draft, budget }: Evaluation,
  contexts: ResolverContexts,
): Promise<ProfileInfo> {
  let profile = checkedProfile(login.profile, 'The provider');
  for (const { name, transform } of policy.transforms) {
    const who = `Profile transform '${name}'`;
    const { findCatalogUser, deny } = contexts.create({ draft, budget, resolver: who }).context;
    // Copies: what a transform writes into the profile counts only when it returns it, into the result never.
    const given = { profile: { ...profile }, findCatalogUser, deny, signal: budget.signal };
    let reason: string | undefined;
    try {
      const answer: unknown = await answerInTime(budget, who, () => transform(ownCopy(login.result), given));
      if (isObject(answer) && answer['verdict'] === 'deny') {
        reason = String(answer['reason']);
        throw new RefusalError('ERR_PROFILE_DENIED', { hint: `${who}: ${reason}` });
      }
      if (!isObject(answer) || !('profile' in answer) || 'verdict' in answer) {
        throw invalidProfile(`${who} returned neither { profile } nor what context.deny gave it.`);
      }
      profile = checkedProfile(answer['profile'], who);
    } catch (error) {
      const refusal = refusalOf(error);
      const { code } = refusal;
      const verdict = code === 'ERR_PROFILE_DENIED' ? 'deny' : 'error';
      draft.transforms.push({ transform: name, verdict, code, ...(reason !== undefined && { reason }) });
      throw refusal;
    }
    draft.transforms.push({ transform: name, verdict: 'profile' });
  }
  return profile;
}

/** Somebody whom the transform looked up is not there: here nobody else is asked, so it is a no. */
function refusalOf(error: unknown): RefusalError {
  if (isNotFound(error)) return new RefusalError('ERR_PROFILE_DENIED', { cause: error });
  return refusalOfThrown(error, 'ERR_PROFILE_DENIED');
}

/**
 * A profile in the form that everything after it relies on, whoever made it: the known members, checked. Empty ones are left
 * out; what is not known is dropped.
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
