// What waits for the next release: the files of .changeset/, read.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Reads them.
 *
 * @param root - Of the repository.
 * @returns for each `{ file, section, packages, level, text }`: the section only where the file names it, and the highest level.
 */
export function readChangesets(root) {
  const folder = join(root, '.changeset');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => parse(`.changeset/${name}`, readFileSync(join(folder, name), 'utf8')));
}

function parse(file, content) {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(content) ?? [];
  const concerned = [...head.matchAll(/^['"]?(@?[\w/-]+)['"]?: *(major|minor|patch)$/gm)];
  const [, section] = /<!-- section: ([\w-]+) -->/.exec(body) ?? [];
  const text = body.replace(/<!-- section: [\w-]+ -->\s*/, '').trim();
  if (concerned.length === 0 || text === '')
    throw new Error(`${file} is no changeset: it needs packages with their levels, and a sentence`);
  const levels = concerned.map(([, , level]) => level);
  return {
    file,
    section,
    packages: concerned.map(([, name]) => name),
    level: ['major', 'minor', 'patch'].find((level) => levels.includes(level)),
    text,
  };
}
