/** The few forms of DER that a certificate is written in (ITU-T X.690). */

/** A value under its tag; its parts in a row, where it has several. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(content.length)]), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

/** By its content in hexadecimal digits, as which it is constant. */
export const objectIdentifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/** Whole octets of bits. */
export const bitString = (octets: Uint8Array): Buffer => der(0x03, Buffer.from([0]), octets);

/** UTCTime until 2049, and GeneralizedTime from then on (RFC 5280 section 4.1.2.5). */
export function time(milliseconds: number): Buffer {
  const text = `${new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

/** Section 8.1.3. */
function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}
