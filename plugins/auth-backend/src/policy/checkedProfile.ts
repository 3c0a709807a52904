/** A profile in the form that everything after it relies on, whoever made it. */
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

/**
 * The known members of a profile, checked. Empty ones are left out; what is not known is dropped.
 *
 * @param maker - For the operator, for example `The provider`.
 * @throws RefusalError `ERR_PROFILE_INVALID` for a member of the wrong type or form.
 */
export function checkedProfile(given: unknown, maker: string): ProfileInfo {
  if (!isObject(given)) {
    throw invalid(`${maker} gave a profile that is no object.`);
  }
  const members = given as Readonly<Record<keyof ProfileInfo, unknown>>;
  const read = (name: keyof ProfileInfo, isSound: (text: string) => boolean): Partial<ProfileInfo> => {
    const value = members[name];
    if (value === undefined || value === null || value === '') return {};
    if (typeof value === 'string' && isSound(value)) return { [name]: value };
    throw invalid(`${maker} gave a profile whose '${name}' is not ${forms[name]}.`);
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

function invalid(hint: string): RefusalError {
  return new RefusalError('ERR_PROFILE_INVALID', { hint });
}
