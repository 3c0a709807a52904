// `npm run build:dynamic`: the auth plugin and its modules as dynamic plugins of Backstage, each a folder with one file of
// CommonJS, from the sources.
//   node scripts/dynamic.mjs [package …]     into dist-dynamic/; all of them, unless some are named
import { relative } from 'node:path';
import { makeDynamicPlugin } from './build/dynamicPlugin.mjs';
import { publishedPackages, root } from './pack/publishedPackages.mjs';

/** What a Backstage backend can take: the drop-in, and the modules that stand beside it. */
const plugins = new Map(
  [...publishedPackages()].filter(([name]) => /\/plugin-auth-backend(?:-module-.+)?$/.test(name)),
);

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !plugins.has(name));
if (unknown.length > 0) {
  console.error(`No such plugin: ${unknown.join(', ')}. There are:\n  ${[...plugins.keys()].join('\n  ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : plugins.keys()) {
  const folder = await makeDynamicPlugin(plugins.get(name), `${root}/dist-dynamic`);
  console.log(relative(process.cwd(), folder));
}
