/** Who a token belongs to: GitHub's user document, its e-mail addresses, and the profile made of both. */
import {
  openIdProfile,
  parseEmail,
  ProviderAnswerInvalidError,
  type PassportProfile,
  type ProviderGrant,
  type UnverifiedEmailCause,
} from '@vestibule/plugin-auth-node';
import { accountPath, type GitHubApi } from './githubApi.ts';

/** An account. */
export interface GitHubAccount {
  /** The numeric id as text: given once, never changed. */
  id: string;
  /** The name by which it signs in; it can be given up and taken by another. */
  login?: string;
  /** The document as it came. */
  document: Readonly<Record<string, unknown>>;
  /** The header `X-OAuth-Scopes`, where there is one. */
  grantedScopes?: string;
}

/** An address of the account. */
export interface GitHubEmail {
  value: string;
  isPrimary: boolean;
  isVerified: boolean;
}

/** @throws ProviderAnswerInvalidError where the document names no numeric id. */
export async function readAccount(api: GitHubApi): Promise<GitHubAccount> {
  const { status, body, headers } = await api.get(accountPath);
  // GitHub refuses nobody their own profile; an answer that is no user document at all is no answer.
  if (status !== 200 || typeof body !== 'object' || body === null || !Object.hasOwn(body, 'id')) {
    throw api.unreadable(accountPath, `status ${status} without a user`);
  }
  const document = body as Record<string, unknown>;
  const { id, login } = document;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0) {
    throw new ProviderAnswerInvalidError('user, id', { isMalformed: true });
  }
  const grantedScopes = headers['x-oauth-scopes'];
  return {
    id: String(id),
    document,
    ...(isLogin(login) && { login }),
    ...(grantedScopes !== undefined && { grantedScopes }),
  };
}

/** The account's addresses; `undefined` where GitHub does not show them to this token. */
export async function readEmails(api: GitHubApi): Promise<GitHubEmail[] | undefined> {
  const { status, body } = await api.get('/user/emails?per_page=100');
  if (status !== 200) return undefined;
  if (!Array.isArray(body)) throw api.unreadable('/user/emails', 'the answer is no list');
  return body.flatMap((one: Record<string, unknown> | null) => {
    const { email, primary, verified } = one ?? {};
    if (typeof email !== 'string') return [];
    return [{ value: email, isPrimary: primary === true, isVerified: verified === true }];
  });
}

/**
 * The profile, and why it has no e-mail address where GitHub names one. Of the addresses the primary one counts. The
 * public address of the user document carries no word of its verification.
 */
export function profileOf(
  { document, login }: GitHubAccount,
  emails: readonly GitHubEmail[] | undefined,
  trustUnverifiedEmail: readonly UnverifiedEmailCause[],
): Pick<ProviderGrant, 'profile' | 'emailOmitted' | 'emailNotVerified'> {
  const primary = emails?.filter(({ isPrimary }) => isPrimary) ?? [];
  const [address] = primary;
  // An account has one primary address; where there are more, none of them is known to be it.
  const isVerified = address && primary.length === 1 && address.isVerified;
  const { name, email: publicAddress, avatar_url: picture } = document;
  const made = openIdProfile(
    {
      name: typeof name === 'string' && name.trim() !== '' ? name : login,
      picture,
      email: address?.value ?? publicAddress,
      email_verified: isVerified,
    },
    { trustUnverifiedEmail },
  );
  // GitHub was not asked for the addresses: what is missing is the scope, and nothing that the person could verify.
  return emails === undefined ? { profile: made.profile } : made;
}

/** The profile as resolvers know it from Passport. Its addresses are those that count, the profile's first. */
export function passportProfileOf(
  { id, login, document }: GitHubAccount,
  { profile, emails = [] }: Pick<ProviderGrant, 'profile'> & { emails?: readonly GitHubEmail[] | undefined },
): PassportProfile {
  const { html_url: page } = document;
  const { displayName = '', picture, email: first } = profile;
  const others = emails.filter(({ value, isVerified }) => isVerified && value !== first && parseEmail(value));
  const isFirstVerified = emails.some(({ value, isVerified }) => value === first && isVerified);
  const addresses = [
    ...(first === undefined ? [] : [{ value: first, ...(isFirstVerified && { verified: true }) }]),
    ...others.map(({ value }) => ({ value, verified: true })),
  ];
  return {
    id,
    provider: 'github',
    displayName,
    _json: document,
    ...(login !== undefined && { username: login }),
    ...(addresses.length > 0 && { emails: addresses }),
    ...(picture !== undefined && { photos: [{ value: picture }] }),
    ...(typeof page === 'string' && /^https?:\/\//.test(page) && { profileUrl: page }),
  };
}

/** Letters, digits, hyphens; underscores for managed users, brackets for bots. It becomes part of a path. */
function isLogin(value: unknown): value is string {
  return typeof value === 'string' && /^[\w[\]-]{1,100}$/.test(value);
}
