// A folder of tarballs that one can install from: the packages, an index for programs, a page for people, and use.mjs, which
// enters them in a project's manifest.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPackages } from './packPackages.mjs';
import { neededBy, publishedPackages } from './publishedPackages.mjs';
import { purposes } from './purposes.mjs';

/**
 * @param folder - Where tarballs of before are removed, and nothing else.
 * @param names - Which packages, with what those need; default all.
 * @returns the index.
 */
export function makePackedFolder(folder, names) {
  const published = publishedPackages();
  const wanted = names === undefined ? [...published.keys()] : neededBy(names, published);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.tgz')) rmSync(join(folder, name));
  const packed = packPackages(
    wanted.map((name) => published.get(name)),
    folder,
  );
  const index = {
    version: packed[0].version,
    purposes: purposes
      .map((purpose) => ({
        develop: [],
        perhaps: {},
        ...purpose,
        needs: neededBy([...purpose.install, ...(purpose.develop ?? [])], published),
      }))
      .filter(({ install, develop }) => [...install, ...develop].every((name) => wanted.includes(name))),
    packages: Object.fromEntries(
      packed.map(({ name, ...facts }) => [
        name,
        { ...facts, needs: neededBy([name], published).filter((other) => other !== name) },
      ]),
    ),
  };
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), indexPage(index));
  copyFileSync(fileURLToPath(new URL('use.mjs', import.meta.url)), join(folder, 'use.mjs'));
  return index;
}

function indexPage({ version, purposes: listed, packages }) {
  const code = (names) => names.map((name) => `\`${name}\``).join(', ');
  const size = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  return `# Vestibule ${version}, as tarballs

In the folder of your project:

\`\`\`sh
node PATH/TO/THIS/FOLDER/use.mjs PURPOSE    # or packages, by their names; without any, those that package.json names
npm install                                 # or pnpm install, or yarn install
\`\`\`

The first line enters the packages in \`package.json\`, and what they need of each other under \`overrides\` (npm), \`resolutions\`
(Yarn) or \`overrides\` of \`pnpm-workspace.yaml\`. When a registry has the packages, remove those, and name versions.

| purpose | what for | named by your manifest | for tests | brings, in all | perhaps |
| --- | --- | --- | --- | --- | --- |
${listed
  .map(
    ({ id, title, install, develop, needs, perhaps }) =>
      `| \`${id}\` | ${title} | ${code(install)} | ${code(develop)} | ${needs.length} of ours | ${Object.entries(
        perhaps,
      )
        .map(([name, why]) => `\`${name}\`: ${why}`)
        .join('; ')} |`,
  )
  .join('\n')}

| package | tarball | packed | installed | needs |
| --- | --- | --- | --- | --- |
${Object.entries(packages)
  .map(
    ([name, { file, size: packed, unpackedSize, needs }]) =>
      `| \`${name}\` | [${file}](${file}) | ${size(packed)} | ${size(unpackedSize)} | ${code(needs)} |`,
  )
  .join('\n')}
`;
}
