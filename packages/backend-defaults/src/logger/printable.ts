/**
 * Makes text safe to print on one line: line breaks, control characters, and the marks that change the direction of
 * text are written as escapes, so that no request can forge a log line or steer a terminal (CWE-117, CWE-150).
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
