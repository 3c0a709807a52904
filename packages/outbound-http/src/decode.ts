/** Undoing a Content-Encoding without letting a small answer grow into a large one. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { OutboundError } from './errors.ts';

/**
 * The body as it was before it was compressed. One encoding is undone; a list of them is refused, since layers multiply.
 *
 * @throws OutboundError `ERR_OUTBOUND_TOO_LARGE` when more than `maxBytes` come out, `ERR_OUTBOUND_NETWORK` when the bytes
 *   are not what the encoding says.
 */
export async function decode(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
  place: string,
): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity' || body.length === 0) return body;
  const undo = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (!undo)
    throw new OutboundError('ERR_OUTBOUND_NETWORK', `${place} answered in an unknown content encoding`);
  try {
    return await undo(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new OutboundError('ERR_OUTBOUND_TOO_LARGE', `${place} answered with more than ${maxBytes} bytes`);
    }
    throw new OutboundError(
      'ERR_OUTBOUND_NETWORK',
      `${place} answered with a body that cannot be decompressed`,
      {
        cause: error,
      },
    );
  }
}

type Decoder = (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const decoders: Record<string, Decoder> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // RFC 9110 section 8.4.1.2: zlib format is meant, some servers send the bare stream.
  deflate: (body, options) =>
    ((body[0] ?? 0) & 0x0f) === 8
      ? (promisify(inflate) as Decoder)(body, options)
      : (promisify(inflateRaw) as Decoder)(body, options),
};
