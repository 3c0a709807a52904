/** What a page says of a refusal: its sentence, its code, and the reference that leads an operator to more. */
import { randomBytes } from 'node:crypto';
import { markup, type Interpolation } from '@vestibule/backend-plugin-api';
import { isSignInCode } from '@vestibule/plugin-auth-node';
import type { Texts } from '../language/texts.ts';
import { en } from '../messages/en.ts';

/** Of a refusal that has no record: the log has it. @public */
export function newReference(): string {
  return randomBytes(5).toString('hex');
}

/** @param where - What the reference leads to: a record of a decision, or a line of the log. @public */
export function codeSentence(
  texts: Texts,
  { code, reference }: { code: string; reference: string },
  where: 'record' | 'log',
): string {
  return texts.say(where === 'record' ? 'common.codeAndReference' : 'common.codeInLog', { code, reference });
}

/**
 * What a refusal says, in the language of the page. What is more exact than the list's sentence is there in English only;
 * elsewhere it stands behind the translation.
 *
 * @param exact - What the error says to programs.
 * @public
 */
export function refusalSentences(texts: Texts, code: string, exact: string): Interpolation[] {
  const english: Readonly<Record<string, string>> = en.refusals;
  const general = Object.hasOwn(english, code) ? english[code] : undefined;
  const translated = texts.refusal(code);
  // What the host says to programs tells a person less.
  if (code.startsWith('ERR_') && !isSignInCode(code)) return [translated ?? exact];
  if (translated === undefined || translated === general) return [exact];
  return [translated, ...(exact === general ? [] : [markup`<span lang="en" dir="ltr">${exact}</span>`])];
}
