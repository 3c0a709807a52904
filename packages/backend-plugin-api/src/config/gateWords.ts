/**
 * Whether a key that no schema knows plainly means a gate, in whatever words: `requiredGroups`, `emailDomains`, `deny-users`,
 * `allowlist: { domains: […] }`. One that was dropped would let everybody in. Careful where words of other meanings stand
 * beside: `allowGuestAccess` and `allowUserRegistration` are switches of somebody else's.
 */
import { wordsOf } from './resemblance.ts';
import { asObject } from './isObject.ts';

const restricting = new Set(
  (
    'allow allows allowed permit permits permitted deny denies denied block blocks blocked restrict restricts restricted ' +
    'restriction restrictions require requires required only accept accepts accepted authorize authorized authorise ' +
    'authorised forbid forbidden ban banned reject rejected allowlist allowlisted whitelist whitelisted blacklist ' +
    'blacklisted denylist blocklist'
  ).split(' '),
);

/** What gates speak of, and what a gate calls it. */
const things = new Map(
  Object.entries({
    domain: 'domain',
    user: 'user',
    email: 'user',
    mail: 'user',
    group: 'group',
    member: 'group',
    role: 'group',
    org: 'organization',
    organization: 'organization',
    organisation: 'organization',
    team: 'team',
    tenant: 'tenant',
  }),
);

/** Words that leave the meaning as it is. */
const neutral = new Set(
  'to by in of from for sign signin login access list lists id ids name names address addresses hosted github google gitlab microsoft azure entra aad okta keycloak oidc oauth'.split(
    ' ',
  ),
);

/**
 * What a gate calls the thing that the key restricts, such as `domain`; `''` where only what is below it says so;
 * `undefined` where it means no gate.
 */
export function gateThingOf(key: string, value: unknown): string | undefined {
  const words = wordsOf(key).flatMap(split);
  if (words.some((word) => !isKnown(word))) return undefined;
  const restrictions = words.filter((word) => restricting.has(word)).length;
  const named = words.flatMap((word) => thingOf(word) ?? []);
  const [thing] = named.toSorted((a, b) => Number(b === 'domain') - Number(a === 'domain'));
  if (thing !== undefined) {
    const isOfEmails = thing === 'domain' && named.includes('user');
    return restrictions > 0 || isOfEmails ? thing : undefined;
  }
  if (restrictions > 1) return '';
  return restrictions === 1 && holdsGate(value, words) ? '' : undefined;
}

/** A mapping of things that gates speak of; under a word that says it is a list, also the list. */
function holdsGate(value: unknown, words: readonly string[]): boolean {
  if (Array.isArray(value)) return value.length > 0 && words.some((word) => /lists?$/.test(word));
  return Object.keys(asObject(value)).some((key) =>
    wordsOf(key)
      .flatMap(split)
      .some((word) => thingOf(word) !== undefined),
  );
}

/** The thing that a word of a key names, in one or in many. */
export function thingOf(word: string): string | undefined {
  return things.get(word) ?? things.get(word.replace(/s$/, ''));
}

function isKnown(word: string): boolean {
  return restricting.has(word) || neutral.has(word) || thingOf(word) !== undefined;
}

/** `alloweddomains` as two words, where both are known. */
function split(word: string): string[] {
  if (isKnown(word)) return [word];
  for (let end = 2; end < word.length - 1; end++) {
    const parts = [word.slice(0, end), word.slice(end)];
    if (parts.every(isKnown)) return parts;
  }
  return [word];
}

/** Whether a word restricts, as the name of an object that says who may come in does. */
export function isRestricting(word: string): boolean {
  return restricting.has(word);
}
