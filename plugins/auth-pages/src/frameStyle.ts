/** The stylesheet that all pages share. It is named here, from where the way to it is the same as from `dist`. */
import { readFileSync } from 'node:fs';

/** Without comments and needless blanks: it stands in every page that has to look well where nothing else can be loaded. */
export function frameStyle(): string {
  return readFileSync(new URL('../assets/frame.css', import.meta.url), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .trim();
}
