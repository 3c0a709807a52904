// `npm run docs:site`: README, docs/, READMEs of packages and API reports as static pages in site/dist. See site/README.md.
//   node scripts/site.mjs [--base /vestibule/] [--out FOLDER] [--serve]
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './docs/sources.mjs';
import { installByLockfile } from './installByLockfile.mjs';
import { builtProblems } from './site/builtProblems.mjs';
import { gather } from './site/gather.mjs';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '/' },
    out: { type: 'string' },
    serve: { type: 'boolean', default: false },
  },
});
const site = join(root, 'site');
const out = resolve(values.out ?? join(site, 'dist'));

const pages = join(site, 'pages');
const { sidebar, problems } = gather(pages);
endWith(problems);
writeFileSync(join(pages, 'sidebar.json'), JSON.stringify(sidebar));

installByLockfile(site, 'VitePress');
vitepress('build', '--base', values.base, '--outDir', out);
endWith(builtProblems(out, values.base));
console.log(`The site is in ${out}`);
if (values.serve) vitepress('serve', '--base', values.base, '--outDir', out);

function vitepress(command, ...args) {
  const program = join(site, 'node_modules/vitepress/bin/vitepress.js');
  const { status, error } = spawnSync(process.execPath, [program, command, site, ...args], {
    cwd: site,
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function endWith(problems) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}
