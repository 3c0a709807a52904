/** What clients may call themselves: people read it on the page where they approve. */

/** Longer names are refused. */
const maximumLength = 200;

/** Characters that end a line, and those that turn the direction of what follows (UAX #9 section 2). */
const misleading = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** At least one character that is seen; some that count as letters are not. */
const visible = /[^\s\p{C}\p{Default_Ignorable_Code_Point}]/u;

/** Whether it can be shown as it is, as text. */
export function isClientName(name: string): boolean {
  return name.length <= maximumLength && visible.test(name) && !misleading.test(name);
}
