/**
 * The provider's own explanation of a failure, for the operator: the words that it gives, in the usual places. What was
 * sent to it does not come back by them, and they can neither break a line nor steer a terminal. Whoever writes them into
 * a record redacts them as everything else.
 */
import { parseJson, type OutboundResponse } from '@vestibule/outbound-http';

const longest = 300;
const longestRead = 4000;
// Shorter values are parts of words.
const shortestSecret = 4;
const gap = '…';

/** What was sent, and may be quoted by the answer. @public */
export interface SentToProvider {
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

/**
 * What an answer says for itself: the description of an OAuth error (RFC 6749 section 5.2, RFC 6750 section 3), the
 * message of a JSON error in the shapes that are common (RFC 9457 among them), a text, or the title of a page.
 *
 * @returns At most 300 printable characters; `undefined` where it says nothing.
 * @public
 */
export function explanationIn(
  response: Pick<OutboundResponse, 'status' | 'headers' | 'text'>,
  sent: SentToProvider = {},
): string | undefined {
  const words = wordsOfBody(response) ?? wordsOfChallenge(response.headers['www-authenticate']);
  return words === undefined ? undefined : printable(withoutSent(words, sent));
}

/** What a redirect says for itself: `error_description` and `error_uri` (RFC 6749 section 4.1.2.1). @public */
export function explanationOfCallback(parameters: URLSearchParams): string | undefined {
  const words = wordsOfObject(Object.fromEntries(parameters));
  return words === undefined ? undefined : printable(words);
}

function wordsOfBody(response: Pick<OutboundResponse, 'status' | 'headers' | 'text'>): string | undefined {
  const type = response.headers['content-type'] ?? '';
  const text = response.text.slice(0, longestRead);
  try {
    return wordsOfValue(parseJson(response));
  } catch {
    // No JSON, or not called so.
  }
  if (/html|xml/i.test(type) || /^\s*</.test(text)) return wordsOfPage(text);
  const isText = /^text\/plain\b/i.test(type) || type === '';
  return isText && text.trim() !== '' ? text : undefined;
}

function wordsOfValue(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (typeof value !== 'object' || value === null || depth > 3) return undefined;
  if (Array.isArray(value)) {
    const said = value.slice(0, 3).flatMap((one) => wordsOfValue(one, depth + 1) ?? []);
    return said.length > 0 ? said.join('; ') : undefined;
  }
  return wordsOfObject(value as Record<string, unknown>, depth);
}

/** In the order of what says most. Names are compared without regard to letter case and underscores. */
const speaking = [
  'errordescription',
  'errormessage',
  'errorsummary',
  'message',
  'detail',
  'details',
  'msg',
  'description',
  'reason',
  'faultstring',
  'error',
  'errors',
  'errorcauses',
  'fault',
  'title',
];

function wordsOfObject(document: Record<string, unknown>, depth = 0): string | undefined {
  const members = new Map(
    Object.entries(document).map(([name, value]) => [name.replaceAll('_', '').toLowerCase(), value]),
  );
  const uri = members.get('erroruri');
  const see = typeof uri === 'string' && uri !== '' ? ` (${uri})` : '';
  for (const name of speaking) {
    const value = members.get(name);
    // A code is no explanation: whoever reads the error has it.
    if (name === 'error' && typeof value === 'string' && !value.includes(' ')) continue;
    const words = wordsOfValue(value, depth + 1);
    if (words !== undefined) return words + see;
  }
  return see === '' ? undefined : see.trim();
}

/** `Bearer error="invalid_token", error_description="expired"` */
function wordsOfChallenge(challenge = ''): string | undefined {
  const [, quoted] = /\berror_description="((?:[^"\\]|\\.)*)"/.exec(challenge) ?? [];
  return quoted?.replace(/\\(.)/g, '$1');
}

function wordsOfPage(text: string): string {
  const [, title = ''] = /<(?:title|h1)[^>]*>([^<]*)</i.exec(text) ?? [];
  return title.trim() === '' ? 'a page without a title' : `a page titled '${title.trim()}'`;
}

/** Debug pages and careless messages quote the request. */
function withoutSent(text: string, { headers = {}, body }: SentToProvider): string {
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/.exec(headers['authorization'] ?? '') ?? [];
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const values = [
    credentials,
    ...(/^basic$/i.test(scheme) ? [secretOf(credentials)] : []),
    ...[...form].filter(([name]) => !harmless.has(name)).map(([, value]) => value),
  ].filter((value) => value.length >= shortestSecret);
  const forms = [
    ...new Set(
      values.flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]),
    ),
  ];
  return forms
    .sort((one, other) => other.length - one.length)
    .reduce((left, value) => left.replaceAll(value, gap), text.slice(0, longestRead));
}

/** Of HTTP Basic, where it stands form-encoded (RFC 6749 section 2.3.1). */
function secretOf(credentials: string): string {
  const [, ...secret] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return new URLSearchParams(`secret=${secret.join(':')}`).get('secret') ?? '';
}

/** Parameters of a token request that are no secret, and that an explanation is about. */
const harmless: ReadonlySet<string> = new Set([
  'grant_type',
  'redirect_uri',
  'client_id',
  'scope',
  'resource',
]);

function printable(given: string): string | undefined {
  const text = given
    // Whole tokens, whoever they belong to.
    .replace(/\beyJ[\w-]+(?:\.[\w-]*){0,4}/g, gap)
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .trim();
  if (text.length <= longest) return text === '' ? undefined : text;
  // Half a token at the end would not be recognised as one.
  const cut = text.slice(0, longest - gap.length).replace(/[\w.~+/=%-]*$/, '');
  return `${cut.replace(/\p{Cs}/gu, '').trimEnd()}${gap}`;
}
