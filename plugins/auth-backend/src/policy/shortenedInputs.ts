/** What a decision may keep of a profile: enough to recognise a login by, too little to name somebody. */
import { parseEmail, type ClaimSources } from '@vestibule/plugin-auth-node';

const mostClaims = 100;

/** By member `given`, or of an e-mail address the first character and the domain: `j…@example.com`. */
export function shortenedInputs(profile: unknown): Record<string, string> {
  const members: Partial<Record<string, unknown>> =
    typeof profile === 'object' && profile !== null ? { ...profile } : {};
  const inputs: Record<string, string> = {};
  for (const name of ['email', 'displayName', 'picture']) {
    const value = members[name];
    if (value === undefined || value === null || value === '') continue;
    inputs[name] = name === 'email' ? shortenedEmail(value) : 'given';
  }
  return inputs;
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
