/**
 * Takes out of a text what a decision may not hold: e-mail addresses, tokens, codes and secrets. Messages of errors and
 * reasons of resolvers quote what they were given, and a record outlives the sign-in by days.
 *
 * Three nets, since no one of them is tight: values that are known to be secret, what stands behind the name of a
 * credential, and what is long and made of no words.
 */

import { createSecretHider, isCredentialName, parseUrl } from '@vestibule/backend-plugin-api';
import { plainText } from '@vestibule/plugin-auth-node';

/**
 * @param secrets - Values of this sign-in that must not stand in the result.
 * @param options - `keepsIdentifiers`: the text is an identifier, such as an issuer or the id of a client, which is of no
 *   use in parts; only what is longer than those are counts as a token. Default: false.
 */
export type RedactText = (
  text: string,
  secrets?: SecretForms,
  options?: { keepsIdentifiers?: boolean },
) => string;

/** Secrets in every form in which they may turn up: made once for all texts of a record. */
export class SecretForms {
  readonly forms: readonly string[];

  constructor(secrets: Iterable<string>) {
    this.forms = formsOf([...secrets]);
  }
}

const gap = '…';
const shortestValue = 6; // shorter ones would cut ordinary words to pieces
const longestInput = 4000;
const longestText = 600;

/**
 * @param secrets - Values that must never stand in a result, for example the client secrets of the config.
 * @param config - Where they stand: its keys and ids are no secrets, and the addresses in it may be shown whole.
 */
export function createRedactText(secrets: Iterable<string>, config?: unknown): RedactText {
  const hide = createSecretHider({
    secrets: formsOf([...secrets]),
    config,
    placeholder: gap,
    minimumLength: shortestValue,
  });
  const addresses = addressesIn(config)
    .filter((address) => hide(address) === address)
    .sort((one, other) => other.length - one.length);
  return (given, { forms } = noSecrets, { keepsIdentifiers = false } = {}) => {
    let text = given.length > longestInput ? withoutLastWord(given.slice(0, longestInput)) : given;
    text = text.replace(/[\ue000\ue001]/g, '');
    for (const form of forms) if (form.length <= text.length) text = text.replaceAll(form, gap);
    if (!isCaught.test(text)) return plainText(cut(hide(text)));
    // Marks stand for what the operator wrote, until the nets have been through.
    for (const [index, address] of addresses.entries())
      text = text.replaceAll(address, `\ue000${index}\ue001`);
    text = withoutAddresses(hide(text))
      .replace(namedCredential, (whole, name: string, value: string) =>
        value.startsWith('ERR_') ? whole : `${name}${gap}`,
      )
      .replace(keepsIdentifiers ? /[\w-]{65,}/g : /[\w-]{16,}/g, (run) => (readsLikeWords(run) ? run : gap));
    return plainText(cut(text))
      .replace(/\ue000(\d+)\ue001/g, (_, index: string) => addresses[Number(index)] ?? gap)
      .replace(/[\ue000\ue001]/g, '');
  };
}

/** The URLs in a part of the config, but for those with a password or under a key that is named like a credential. */
function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return isAddress(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => (isCredentialName(key) ? [] : addressesIn(member)));
}

function isAddress(text: string): boolean {
  const url = parseUrl(text);
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return url.username + url.password + url.search + url.hash === '' && plainText(text) === text;
}

const names = 'token|secret|password|passwd|code|code_verifier|codeVerifier|assertion|api_?key|authorization';
/** `name=value` in an address or a form, `"name": "value"` in JSON, and `Bearer …`. */
const namedCredential = new RegExp(
  `((?:(?:${names})(?:=|%3D|\\\\?["']\\s?:\\s?\\\\?["']?))|\\bbearer\\s)([^\\s&"',;)}\\]\\\\]+)`,
  'gi',
);

/** What each of the nets needs to catch anything: most texts of a record have none of it. */
const isCaught = new RegExp(`[@%]|[\\w-]{16}|${names}|bearer`, 'i');

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}${gap}` : text;
}

/** Where a text was cut, half an address or a token could be left. */
function withoutLastWord(text: string): string {
  return `${text.replace(/\S*$/, '')}${gap}`;
}

/** Longest first, so that no part of one is left; percent-encoded too, where a lone surrogate would throw. */
function formsOf(values: readonly string[]): string[] {
  const usable = values.filter((value) => value.length >= shortestValue);
  const forms = usable.flatMap((value) =>
    // Most tokens are the same encoded, and each text of a record asks.
    /[^\w.~-]/.test(value) ? [value, encodeURIComponent(Buffer.from(value).toString())] : [value],
  );
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

const noSecrets = new SecretForms([]);

/** As it is, or percent-encoded, or that once more: an address in an address is. */
const atSign = /@|%(?:25)*40/;

/** What stands before an address in a URL. */
const separator = /[/=?&|]|%(?:25)*(?:2F|3D|3F|26|7C)/i;

/** `j…@example.com`: enough for an operator to know whom to ask, and nobody else to write to. */
function withoutAddresses(text: string): string {
  return text
    .replace(/"[^"\n]{1,128}"(?=@)/g, gap)
    .replace(/[^\s"'<>()[\],;:\\]+/g, (run) => (atSign.test(run) ? shortened(run) : run));
}

function shortened(run: string): string {
  const [before = '', ...rest] = run.split(atSign);
  const after = rest.at(-1) ?? '';
  // The scope of an npm package, alone or in a path; of a package at a version too.
  const isScope = before === '' || before.endsWith('/');
  if (isScope && (rest.length === 1 || /^\d+\.\d+\.\d+(?![^/]*[a-z])/i.test(after))) return run;
  const initial = /[\p{L}\p{N}]/u.exec(before.split(separator).at(-1) ?? '')?.[0] ?? '';
  return `${initial}${gap}@${after}`;
}

/** Names in camelCase, kebab-case and CAPITALS, with short numbers; tokens, keys and ids are no such thing. */
function readsLikeWords(run: string): boolean {
  return run.split(/[-_]+/).every((piece) => {
    if (/^(?:[a-z]*|[A-Z]*)\d{0,4}$/.test(piece)) return true;
    const words = piece.split(/(?=[A-Z])/);
    return (
      /^[A-Za-z]+$/.test(piece) &&
      words.length * 3 <= piece.length &&
      words.every((word) => /[aeiouy]/i.test(word))
    );
  });
}
