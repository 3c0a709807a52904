/** Base64url as a JWS has it. */

/**
 * The bytes of a text in base64url, `undefined` where they would be written otherwise: with padding, white space, letters of
 * another alphabet or bits left over (RFC 7515 section 2). Otherwise one token would have any number of spellings.
 *
 * @public
 */
export function bytesOfBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
