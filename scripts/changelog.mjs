// Prints what the next release will say, or what the changelog says of one.
//   node scripts/changelog.mjs
//   node scripts/changelog.mjs --of 0.2.0
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readChangesets } from './changelog/changesets.mjs';
import { notesOf, releaseNotes } from './changelog/releaseNotes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { of: { type: 'string' } } });

if (values.of === undefined)
  console.log(releaseNotes(readChangesets(root)) || 'Nothing waits for a release.');
else {
  const path = `${root}/CHANGELOG.md`;
  const notes = existsSync(path) ? notesOf(readFileSync(path, 'utf8'), values.of) : undefined;
  if (notes === undefined) {
    console.error(`CHANGELOG.md has no ${values.of}`);
    process.exit(1);
  }
  console.log(notes);
}
