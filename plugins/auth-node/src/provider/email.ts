/**
 * Reading e-mail addresses that a provider names. The address becomes part of a catalog query and names a person, so
 * only the plain form of RFC 5321 section 4.1.2 is read (no quoted local part, no comment, no address literal), with
 * letters of every script as in RFC 6531.
 */
import { domainToASCII, domainToUnicode } from 'node:url';

// RFC 5321 section 4.5.3.1 allows 254 octets for what stands between the angle brackets.
const maxOctets = 254;

// RFC 5322 section 3.2.3: runs of atext, joined by single dots. No space, comma, double quote or control character is
// atext; of other scripts letters, digits and marks count, which leaves out invisible and direction-changing characters.
const localPartPattern =
  /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;

const domainPattern =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The parts of an address. @public */
export interface EmailAddress {
  /** As it was given. */
  address: string;
  /** What stands before the `@`, as it was given. */
  localPart: string;
  /** Lower-case, in its ASCII form: `xn--mnchen-3ya.de` for `münchen.de`. */
  domain: string;
}

/** Splits an address; `undefined` for anything that is no plain address of at most 254 octets. @public */
export function parseEmail(value: unknown): EmailAddress | undefined {
  if (typeof value !== 'string' || value.length > maxOctets || Buffer.byteLength(value) > maxOctets)
    return undefined;
  const at = value.indexOf('@');
  if (at < 0 || at !== value.lastIndexOf('@')) return undefined;
  const localPart = value.slice(0, at);
  const domain = normalizeDomain(value.slice(at + 1));
  if (domain === undefined || !localPartPattern.test(localPart)) return undefined;
  return { address: value, localPart, domain };
}

/**
 * A domain in lower case and ASCII form; `undefined` for what is no domain name.
 *
 * Spellings that only become a domain by compatibility mapping (full-width letters and the like, UTS #46) are none:
 * otherwise two addresses that are told apart elsewhere would share a domain here.
 *
 * @public
 */
export function normalizeDomain(domain: string): string | undefined {
  if (isPlainDomain(domain)) return domain;
  const ascii = domainToASCII(domain);
  if (!domainPattern.test(ascii)) return undefined;
  const given = domain.toLowerCase();
  return given === ascii || given === domainToUnicode(ascii) ? ascii : undefined;
}

/** In lower case and ASCII, no label of it encoded, and no number at its end, as an address has: nothing of it is mapped. */
function isPlainDomain(domain: string): boolean {
  return (
    domainPattern.test(domain) && /(?:^|\.)[a-z][a-z0-9-]*$/.test(domain) && !/(?:^|\.)xn--/.test(domain)
  );
}

/**
 * The address without its sub-address (`jane+news@example.com` becomes `jane@example.com`), or the address itself where
 * there is none. Whether both belong to one person is for the operator to say.
 *
 * @public
 */
export function withoutSubAddress(email: EmailAddress): EmailAddress {
  const plus = email.localPart.indexOf('+');
  if (plus <= 0) return email;
  const localPart = email.localPart.slice(0, plus);
  return {
    localPart,
    domain: email.domain,
    address: localPart + email.address.slice(email.localPart.length),
  };
}

/**
 * Whether a document of the provider vouches for the address in it: `email_verified` is exactly `true` (OpenID Connect
 * Core 1.0 section 5.1) beside a well-formed `email`. Words such as `"true"` do not count.
 *
 * @public
 */
export function isVerifiedEmail(document: { email?: unknown; email_verified?: unknown }): boolean {
  return document.email_verified === true && parseEmail(document.email) !== undefined;
}
