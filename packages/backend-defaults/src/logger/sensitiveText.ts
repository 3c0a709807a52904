/** Takes secrets out of text: values that are known to be secret, and whatever looks like a credential. */
import { createSecretHider } from '@vestibule/backend-plugin-api';

/** Stands where a secret stood. */
export const redacted = '(redacted)';

const shortestValue = 4; // shorter ones would cut ordinary words to pieces
const longestText = 65_536;

// Repetitions are bounded, so that no text takes long. Names of query parameters, form fields and JSON members that hold a credential.
const names =
  '(?:[a-z]{1,30}[_-]){0,3}(?:token|secret|password|passwd|passphrase)|code_verifier|codeVerifier|code|clientSecret|' +
  '(?:access|id|refresh)Token|(?:client_)?assertion|api_?key|SAMLResponse';

const patterns: readonly (readonly [RegExp, string | ((...groups: string[]) => string)])[] = [
  // Private keys in PEM (RFC 7468).
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  // Header lines as they stand on the wire.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,8}:\s{0,8})[^\r\n]+/gi, `$1$2${redacted}`],
  // Credentials of HTTP authentication (RFC 6750, RFC 7617, RFC 9449).
  [/\b(bearer|dpop)(\s{1,8})[\w.~+/=-]+/gi, `$1$2${redacted}`],
  [/\b(basic)(\s{1,8})(?:[a-z0-9+/]{16,}={0,2}|[a-z0-9+/]+={1,2})/gi, `$1$2${redacted}`],
  // JWS and JWE in compact form (RFC 7515, RFC 7516): base64url of '{"' or of '{' and white space.
  [/(?<![\w-])e(?:yJ|yA|wo|w0)[\w-]{6,}(?:\.[\w-]*){1,4}/g, redacted],
  // The password of a URL (RFC 3986 section 3.2.1).
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,256}):[^\s/@]+@/gi, `$1:${redacted}@`],
  // name=value, also when percent-encoded inside another URL.
  [
    new RegExp(`(^|[^a-z0-9]|%[0-9a-f]{2})(${names})(=|%3D)((?:(?!%26)[^&\\s"'#;,)}\\]\\\\])+)`, 'gi'),
    (whole, before, name, equals, value) =>
      isErrorCode(value ?? '') ? (whole ?? '') : `${before}${name}${equals}${redacted}`,
  ],
  // "name": "value", also with escaped quotes.
  [
    new RegExp(
      `(\\\\{0,4}["'])(${names})(\\\\{0,4}["']\\s{0,8}:\\s{0,8})(\\\\{0,4}["'])((?:(?!\\4)[\\s\\S])*)(\\4|$)`,
      'gi',
    ),
    (whole, open, name, colon, quote, value) =>
      isErrorCode(value ?? '') ? (whole ?? '') : `${open}${name}${colon}${quote}${redacted}${quote}`,
  ],
];

/** In names, ids and codes, which are most of what is logged, no pattern finds anything: each needs another character. */
const plain = /^[\w/-]*$/;

/** Finds secrets in text. */
export interface TextRedactor {
  /** Counts the calls of `add`: what was redacted before one may be redacted otherwise after it. */
  readonly version: number;
  /** Adds values that must not be written. Shorter ones than four characters are ignored. */
  add(values: Iterable<string>): void;
  redact(text: string): string;
  /** Whether the operator lets a value be written. */
  isAllowed(value: string): boolean;
}

/**
 * @param options - `allowed`: values that are written although they would be secret; white space around them does not count.
 *   `config`: where the known values stand: its keys and ids are never hidden.
 */
export function createTextRedactor({
  allowed = [],
  config,
}: { allowed?: Iterable<string>; config?: unknown } = {}): TextRedactor {
  const allowlist = new Set([...allowed].map((value) => value.trim()));
  const isAllowed = (value: string): boolean => allowlist.has(value.trim());
  const known = new Set<string>();
  let hide: ((text: string) => string) | undefined;
  let version = 0;
  return {
    get version() {
      return version;
    },
    isAllowed,
    add(values) {
      version += 1;
      for (const value of values) {
        if (isAllowed(value)) continue;
        for (const form of formsOf(value)) known.add(form);
      }
      hide = createSecretHider({
        secrets: known,
        config,
        placeholder: redacted,
        minimumLength: shortestValue,
      });
    },
    redact(text) {
      let clean = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
      if (hide) clean = hide(clean);
      if (plain.test(clean)) return clean;
      for (const [pattern, replacement] of patterns) {
        clean =
          typeof replacement === 'string'
            ? clean.replace(pattern, replacement)
            : clean.replace(pattern, replacement);
      }
      return clean;
    },
  };
}

/** `ERR_…`: a code of ours, never a credential. */
export function isErrorCode(text: string): boolean {
  return /^ERR_[A-Z0-9_]{1,60}$/.test(text);
}

/** A value as it may turn up: as it is, percent-encoded, form-encoded, inside JSON, and each of several lines. */
function formsOf(value: string): string[] {
  const lines = /[\r\n]/.test(value) ? value.split(/[\r\n]+/).filter((line) => line.trim().length >= 16) : [];
  const whole = [value, value.trim(), ...lines];
  const encoded = whole.flatMap((form) => [
    form,
    encodeURIComponent(Buffer.from(form).toString()) /* a lone surrogate would throw */,
    new URLSearchParams([['', form]]).toString().slice(1),
    JSON.stringify(form).slice(1, -1),
    Buffer.from(form).toString('base64'),
    Buffer.from(form).toString('base64url'),
  ]);
  return encoded.filter((form) => form.length >= shortestValue);
}
