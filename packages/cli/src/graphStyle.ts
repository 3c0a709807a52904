/** The stylesheet of the graph's page. It is named here, from where the way to it is the same as from `dist`. */
import { readFileSync } from 'node:fs';

export function graphStyle(): string {
  return readFileSync(new URL('../assets/graph.css', import.meta.url), 'utf8');
}
