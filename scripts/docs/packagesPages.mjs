// How one comes to the packages while no registry has them: said here once, and put into each guide that installs some. When a
// registry has them, `untilThen` says nothing, and the blocks stay empty. The table of docs/guides/which-packages.md is made of
// scripts/pack/purposes.mjs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neededBy } from '../pack/publishedPackages.mjs';
import { purposes } from '../pack/purposes.mjs';
import { root } from './sources.mjs';

const untilThen = `The packages are on no registry yet. Until they are, \`npm run pack\` in a clone of this repository, here in \`~/vestibule\`, makes them as
tarballs. Where a guide has \`npm install @vestibule/…\` or \`yarn add @vestibule/…\`, run \`node ~/vestibule/dist-packed/use.mjs
@vestibule/…\` in the same folder, and then \`npm install\` or \`yarn install\`; where it has a \`package.json\`, run \`use.mjs\` without
names ([which packages, and how](which-packages.md)).`;

/** The guides that have a reader install packages. */
export const packagesPages = [
  'inside-backstage',
  'which-packages',
  'without-a-framework',
  'write-a-plugin',
  'write-your-own-provider',
].map((name) => `docs/guides/${name}.md`);

/** The page with its blocks brought up to date. */
export function packagesPage(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = { tarballs: untilThen, purposes: purposesTable() };
  return {
    page: text.replace(
      /<!-- begin (\w+) -->[\s\S]*?<!-- end -->/g,
      (_, name) => `<!-- begin ${name} -->\n\n${blocks[name] ?? ''}\n\n<!-- end -->`,
    ),
    problems: text.includes('<!-- begin tarballs -->') ? [] : ["has no block 'tarballs'"],
  };
}

/** Guides that tell to install packages and are not among the above. */
export function installingElsewhere(paths) {
  const installs =
    /^(?:npm install|npm i|yarn(?: --cwd \S+)? add|pnpm add) .*@vestibule\/|^ +"@vestibule\/[\w-]+": "/m;
  return paths
    .filter((path) => path.startsWith('docs/guides/') && !packagesPages.includes(path))
    .filter((path) => installs.test(readFileSync(join(root, path), 'utf8')))
    .map(
      (path) => `${path}: has packages installed; add it to packagesPages in scripts/docs/packagesPages.mjs`,
    );
}

function purposesTable() {
  const code = (names) => names.map((name) => `\`${name}\``).join(', ');
  const rows = purposes.map(({ id, title, guide, install, develop = [], perhaps = {} }) => {
    const more = Object.entries(perhaps).map(([name, why]) => `\`${name}\`: ${why}`);
    const all = neededBy([...install, ...develop]).length;
    const tests = develop.length > 0 ? `; for tests ${code(develop)}` : '';
    return `| [${title}](${guide}) | \`${id}\` | ${code(install)}${tests} | ${all} | ${more.join('; ')} |`;
  });
  return [
    '| what | purpose | your `package.json` names | of ours in all | and perhaps |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
