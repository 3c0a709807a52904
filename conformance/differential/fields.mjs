// One answer as a flat list of fields that can be compared: status, headers, each cookie, the body key by key, what a page
// posts. What is random, or of the moment, is checked and then written as what it is, in angle brackets. Nothing else is
// left out: `normalisations` is the whole list.
import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { createLocalJWKSet, compactVerify, decodeJwt, decodeProtectedHeader } from 'jose';
import { readCookie } from './browser.mjs';

/** What is not compared as it is, by name. The page that the run makes shows this list. */
export const normalisations = {
  connection:
    '`Date`, `Connection`, `Keep-Alive` and `Transfer-Encoding` are those of one connection and left out.',
  length:
    '`Content-Length` is checked against the body and left out; `ETag` is compared by being there, and weak or not.',
  lists:
    '`Vary` and `Allow` are compared by member, `Content-Security-Policy` by directive; none of them has an order.',
  scriptHash:
    "A `script-src` hash of `Content-Security-Policy` is checked against the page's script, then written as what it is.",
  expiry:
    "A cookie's `Expires` is checked against its `Max-Age` (of a cookie that is removed: it is past), or written as seconds from now, to the minute.",
  random:
    'Random values (nonces, PKCE challenges, tickets, opaque tokens, codes, references of decisions, handles, UUIDs) are written as such, by their form or their name.',
  state: 'A `state` that decodes as Backstage’s does is compared key by key; any other is written as opaque.',
  jwt: 'A JWT is compared by its header and claims; its signature, and the proof in `uip`, are verified with the published keys.',
  clock:
    '`iat` is checked against the clock, `exp` is written as seconds after `iat`, other durations to the minute.',
  order: 'Keys of JSON objects have no order.',
  vendors: 'The vendors run on loopback; the ports of this run are written as their names.',
};

/** The last two are read further down. */
const leftOut = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'set-cookie', 'location']);
const randomKeys = new Set([
  'nonce',
  'code_challenge',
  'at_hash',
  'sid',
  'jti',
  'kid',
  'code',
  'reference',
  'client_secret',
  'refresh_token',
]);

/**
 * Reads an answer into fields.
 *
 * @param answer - Of browser.mjs. `keys`: the key set of the host that answered. `urls`: of the vendors, by name.
 * @returns a Map from a field, for example `body.error.name` or `cookie oidc-nonce.path`, to a string, number or boolean.
 */
export async function fieldsOf(answer, { keys, urls }) {
  const fields = new Map();
  const note = (field, value) => fields.set(field, value);
  note('status', answer.status);
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!leftOut.has(name)) noteHeader(note, name, value, answer);
  }
  if (answer.headers.location !== undefined) await noteUrl(note, 'location', answer.headers.location, keys);
  noteCookies(note, answer);
  await noteBody(note, answer, keys);
  for (const [field, value] of fields) {
    if (typeof value === 'string') fields.set(field, withVendors(value, urls));
  }
  return fields;
}

function noteHeader(note, name, value, { headers, raw, text, method }) {
  const field = `header ${name}`;
  if (name === 'content-length') {
    if (Number(value) !== raw.length && method !== 'HEAD') note(field, value);
  } else if (name === 'etag') {
    note(field, value.startsWith('W/"') ? '<weak>' : '<strong>');
  } else if (name === 'retry-after') {
    note(field, inSeconds(Number(value)));
  } else if (name === 'vary' || name === 'allow') {
    for (const member of value.split(',')) note(`${field}: ${member.trim()}`, true);
  } else if (name === 'content-security-policy') {
    for (const directive of withScriptHash(value, text).split(';')) {
      const [directiveName, ...sources] = directive.trim().split(/\s+/);
      note(`${field}: ${directiveName}`, sources.join(' '));
    }
  } else {
    note(field, headers[name]);
  }
}

function withScriptHash(policy, page) {
  const [, script] = /<script[^>]*>([^]*?)<\/script>/.exec(page) ?? [];
  if (script === undefined) return policy;
  const hash = createHash('sha256').update(script).digest('base64');
  return policy.replace(`script-src 'sha256-${hash}'`, "script-src '<of the script>'");
}

/** The same name may be set several times: the number says which. */
function noteCookies(note, { cookies }) {
  const seen = new Map();
  for (const line of cookies) {
    const { name, value, attributes } = readCookie(line);
    const ordinal = (seen.get(name) ?? 0) + 1;
    seen.set(name, ordinal);
    const field = `cookie ${cookieName(name)}${ordinal > 1 ? ` #${ordinal}` : ''}`;
    note(`${field}.value`, value === '' ? '' : cookieValue(value));
    for (const [attribute, text] of Object.entries(attributes)) {
      note(`${field}.${attribute}`, attribute === 'expires' ? expiry(text, attributes) : text);
    }
  }
}

/** An attempt's cookie has a name of its own. */
const cookieName = (name) => name.replace(/-attempt-[\w-]+$/, '-attempt-<random>');

function cookieValue(value) {
  const decoded = decodeURIComponent(value);
  if (/^[a-z]+:?[a-z]*( [a-z]+:?[a-z_]*)*$/.test(decoded)) return decoded;
  return '<random>';
}

function expiry(text, attributes) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  const maxAge = attributes['max-age'];
  const isOver = maxAge === '0' && seconds < 5;
  if (isOver || (maxAge !== undefined && Math.abs(seconds - Number(maxAge)) < 5)) return '<with Max-Age>';
  return Date.parse(text) === 0 ? '<1970>' : inSeconds(seconds);
}

const inSeconds = (seconds) => `<in ${toTheMinute(seconds)} s>`;

const toTheMinute = (seconds) => Math.round(seconds / 60) * 60;

async function noteBody(note, answer, keys) {
  const { text, headers } = answer;
  const type = headers['content-type'] ?? '';
  if (text === '') return note('body', '');
  if (/json/.test(type)) {
    note('body layout', text.includes('\n') ? 'indented' : 'compact');
    return noteValue(note, 'body', JSON.parse(text), keys);
  }
  if (!/<script/.test(text)) return note('body', withoutRandom(plainText(text)));
  const { posted, closesAfter } = runPage(text);
  note('page text', plainText(text));
  note('page closes after', closesAfter);
  for (const [index, { message, to }] of posted.entries()) {
    note(`posted ${index + 1} to`, to);
    await noteValue(note, `posted ${index + 1}`, message, keys);
  }
}

/** The words of a page, which differ by the reference only. */
function plainText(page) {
  if (!page.includes('<')) return page;
  return page
    .replace(/<(style|script|head)[^]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/(reference )[\w-]{8,}/, '$1<random>')
    .trim();
}

/** Runs the script of a page in a window that was opened by another. */
function runPage(page) {
  const [, attributes, script] = /<script([^>]*)>([^]*?)<\/script>/.exec(page);
  const dataset = Object.fromEntries(
    [...attributes.matchAll(/data-(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
  const posted = [];
  let closesAfter;
  const window = {
    opener: { postMessage: (message, to) => posted.push({ message: structuredClone(message), to }) },
    close() {},
  };
  runInNewContext(script, {
    window,
    document: { currentScript: { dataset } },
    setTimeout: (_, milliseconds) => (closesAfter = milliseconds),
  });
  return { posted: JSON.parse(JSON.stringify(posted)), closesAfter };
}

async function noteValue(note, field, value, keys) {
  if (Array.isArray(value)) {
    note(`${field}.length`, value.length);
    for (const [index, member] of value.entries()) await noteValue(note, `${field}.${index}`, member, keys);
  } else if (typeof value === 'object' && value !== null) {
    if (Object.keys(value).length === 0) note(field, '{}');
    for (const [key, member] of Object.entries(value))
      await noteMember(note, field, key, member, value, keys);
  } else if (typeof value === 'string') {
    await noteText(note, field, value, keys);
  } else {
    note(field, value);
  }
}

async function noteMember(note, field, key, member, parent, keys) {
  const name = `${field}.${key}`;
  if (key === 'expiresInSeconds') note(name, toTheMinute(member));
  else if (key === 'expiresAt') note(name, inSeconds((Date.parse(member) - Date.now()) / 1000));
  else if (key === 'stack') note(name, '<a stack>');
  else if (['iat', 'auth_time', 'client_id_issued_at'].includes(key))
    note(name, Math.abs(member - Date.now() / 1000) < 60 ? '<now>' : member);
  else if (key === 'exp')
    note(name, typeof parent.iat === 'number' ? `iat + ${member - parent.iat}` : member);
  else if (['x', 'y', 'n'].includes(key) && 'kty' in parent) note(name, `<${member.length} characters>`);
  else if (randomKeys.has(key) && typeof member === 'string' && !/^ERR_/.test(member)) note(name, '<random>');
  else if (key === 'accessToken' && !isJwt(member)) note(name, '<a token>');
  else await noteValue(note, name, member, keys);
}

async function noteText(note, field, text, keys) {
  if (isJwt(text)) await noteJwt(note, field, text, keys);
  else if (/^https?:\/\/\S+\?\S+$/.test(text)) await noteUrl(note, field, text, keys);
  else note(field, withoutRandom(text));
}

/** Codes and states in the echo of a request, handles, UUIDs, and the last part of an internal error. */
const withoutRandom = (text) =>
  text
    .replace(/([?&](?:code|state)=)[^&]+/g, '$1<random>')
    .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, '<256 bits>')
    .replace(/(?<![\w-])[\w-]{200,}(?![\w-])/g, '<sealed>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<a UUID>')
    .replace(/(logId=)[0-9a-f]{20}/, '$1<random>');

async function noteUrl(note, field, text, keys) {
  if (!URL.canParse(text)) return note(field, text);
  const url = new URL(text);
  note(field, `${url.origin}${withoutRandom(url.pathname)}${url.hash}`);
  const seen = new Map();
  for (const [name, value] of url.searchParams) {
    const ordinal = (seen.get(name) ?? 0) + 1;
    seen.set(name, ordinal);
    const parameter = `${field} ?${name}${ordinal > 1 ? ` #${ordinal}` : ''}`;
    if (name === 'state') noteState(note, parameter, value);
    else if (randomKeys.has(name) || name === 'error_reference') note(parameter, '<random>');
    else await noteText(note, parameter, value, keys);
  }
  return undefined;
}

function noteState(note, field, value) {
  const decoded = /^([0-9a-f]{2})+$/.test(value) ? Buffer.from(value, 'hex').toString() : '';
  if (!decoded.startsWith('nonce=')) return note(field, '<opaque>');
  for (const [name, member] of new URLSearchParams(decoded))
    note(`${field}.${name}`, randomKeys.has(name) ? '<random>' : member);
  return undefined;
}

const isJwt = (text) => typeof text === 'string' && /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/.test(text);

async function noteJwt(note, field, token, keys) {
  const header = decodeProtectedHeader(token);
  const claims = decodeJwt(token);
  await noteValue(note, `${field} header`, header, keys);
  const { uip, ...others } = claims;
  await noteValue(note, `${field} claims`, others, keys);
  if (!header.typ?.startsWith('vnd.backstage')) return;
  note(`${field} signature`, (await verifies(token, keys)) ? '<verifies>' : '<does not verify>');
  if (uip !== undefined) {
    const limited = limitedTokenOf(token);
    note(`${field} claims.uip`, (await verifies(limited, keys)) ? '<verifies>' : '<does not verify>');
  }
}

/** The limited token that a back end makes of a full one. */
export function limitedTokenOf(token) {
  const { alg, kid } = decodeProtectedHeader(token);
  const { sub, iat, exp, uip } = decodeJwt(token);
  const parts = [
    { typ: 'vnd.backstage.limited-user', alg, kid },
    { sub, iat, exp },
  ];
  const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${content}.${uip}`;
}

async function verifies(token, keys) {
  try {
    await compactVerify(token, createLocalJWKSet(keys));
    return true;
  } catch {
    return false;
  }
}

/** Addresses of the vendors that play here; the same for both, but not the same tomorrow. */
function withVendors(text, urls) {
  let result = text;
  for (const [name, url] of Object.entries(urls)) result = result.replaceAll(url, `<${name}>`);
  return result;
}
