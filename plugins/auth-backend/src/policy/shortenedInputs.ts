/** What a decision may keep of a profile: enough to recognise a login by, too little to name somebody. */
import { parseEmail, type ClaimSources } from '@vestibule/plugin-auth-node';

const mostClaims = 100;

/** By member `given`, or of an e-mail address the first character and the domain: `j…@example.com`. */
export function shortenedInputs(profile: unknown): Record<string, string> {
  const { email, displayName, picture } = (profile ?? {}) as Partial<Record<string, unknown>>;
  const given = Object.entries({ email, displayName, picture }).filter(([, value]) => (value ?? '') !== '');
  return Object.fromEntries(
    given.map(([name, value]) => [name, name === 'email' ? shortenedEmail(value) : 'given']),
  );
}

/** The names of the claims that each document gave, without their values: `{ userinfo: ['email', 'sub'] }`. */
export function namesByDocument(sources: ClaimSources): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const [claim, document] of Object.entries(sources).slice(0, mostClaims)) {
    (names[document] ??= []).push(claim);
  }
  return names;
}

function shortenedEmail(value: unknown): string {
  const email = parseEmail(value);
  if (!email) return 'given';
  const [first = ''] = email.localPart;
  return `${first}…@${email.domain}`;
}
