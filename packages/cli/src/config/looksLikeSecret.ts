/** Whether a text looks as secrets do, whatever it is called: by the marks of those who issue them, or because it is random. */

/** What vendors put in front of theirs, and what they look like. */
const issued = [
  /\bgh[pousr]_[A-Za-z0-9]{16,}/g,
  /\bgithub_pat_\w{16,}/g,
  /\bgl[a-z]{2,6}-[\w-]{16,}/g,
  /\bxox[a-z]-[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bGOCSPX-[\w-]{10,}/g,
  /\b[sr]k[-_][\w-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{20,}/g,
  /\bSG\.[\w-]{10,}\.[\w-]{10,}/g,
  /\bya29\.[\w-]{10,}/g,
  /\bhv[sbr]\.[\w-]{16,}/g,
];

/** So much that people write no word or name of that length without a mark between. */
const shortestRandom = 20;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The text without them.
 *
 * @param options - `isId`: whether it is an id by its name, which vendors make at random too; then only what an issuer has marked
 *   is a secret.
 */
export function withoutLikelySecrets(
  text: string,
  { placeholder, isId }: { placeholder: string; isId: boolean },
): string {
  const unmarked = issued.reduce((rest, pattern) => rest.replace(pattern, placeholder), text);
  if (isId) return unmarked;
  if (uuid.test(unmarked.trim())) return placeholder;
  return unmarked.replace(/[\w+~/.-]{20,}={0,2}/g, (run) => {
    // The steps of a path and the labels of a host are judged each for itself, unless it is base64 as a whole.
    if (isRandom(run.replace(/[/.=]/g, '')) && !/[/.].*[/.]/.test(run) && !/^[./~]/.test(run))
      return placeholder;
    return run.replace(/[\w+~-]{20,}={0,2}/g, (word) =>
      isRandom(word.replace(/=+$/, '')) ? placeholder : word,
    );
  });
}

/** Digits and letters, or small and capital letters, in turn and often. */
function isRandom(word: string): boolean {
  if (word.length < shortestRandom || uuid.test(word)) return false;
  if (/^[0-9a-f]{32,}$/i.test(word)) return true;
  const kinds = [...word].map((letter) =>
    /\d/.test(letter) ? 'd' : /[A-Z]/.test(letter) ? 'C' : /[a-z]/.test(letter) ? 's' : '-',
  );
  const present = new Set(kinds);
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  const isMixed = present.has('d') && (present.has('C') || present.has('s'));
  return isMixed && changes >= word.length / 4;
}
