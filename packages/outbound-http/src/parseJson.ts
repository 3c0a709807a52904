/** Reading JSON out of an answer. */
import { OutboundError } from './errors.ts';
import type { OutboundResponse } from './outboundHttp.ts';

/**
 * The JSON value of an answer whose content type says that it is JSON: `application/json`, or a type that ends with
 * `+json` (RFC 6839 section 3.1), with any parameters. Keys named `__proto__` are dropped, so that copying the value
 * cannot change a prototype. The value is the sender's and still has to be checked.
 *
 * @throws OutboundError `ERR_OUTBOUND_NOT_JSON`.
 * @public
 */
export function parseJson(response: Pick<OutboundResponse, 'status' | 'headers' | 'text'>): unknown {
  const essence = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!jsonType.test(essence)) {
    const shown = mediaType.test(essence) ? essence : 'none';
    throw new OutboundError(
      'ERR_OUTBOUND_NOT_JSON',
      `The answer (status ${response.status}) is not JSON: its content type is ${shown}`,
    );
  }
  try {
    return maySpellProto.test(response.text)
      ? JSON.parse(response.text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
      : JSON.parse(response.text);
  } catch {
    // The parser's message quotes the text, which may hold tokens.
    throw new OutboundError(
      'ERR_OUTBOUND_NOT_JSON',
      `The answer (status ${response.status}) says that it is JSON and cannot be parsed`,
    );
  }
}

const mediaType = /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}$/;
const jsonType = /^(?:application\/json|[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,64}\+json)$/;

/** The key as it is, or with one of its letters escaped. */
const maySpellProto = /__proto__|\\u00[5-7]/i;
