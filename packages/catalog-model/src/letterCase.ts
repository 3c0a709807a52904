/**
 * Lower-casing for comparisons. Only A to Z change: Unicode lower-casing would make distinct identities equal (U+212A,
 * the Kelvin sign, becomes `k`), and locale rules differ from machine to machine (Unicode TR36, section 2.10.2).
 */

/** Lower-cases A to Z and leaves every other character alone. @public */
export function asciiLowerCase(text: string): string {
  // Most texts have none, and to look costs less than to replace nothing.
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** Whether two texts are the same but for the case of ASCII letters. @public */
export function equalsIgnoringAsciiCase(a: string, b: string): boolean {
  return asciiLowerCase(a) === asciiLowerCase(b);
}
