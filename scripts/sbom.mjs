// `npm run sbom`: what an installation of the command brings, as CycloneDX: each package with its version, licence and checksum, and
// who depends on whom, from the lockfile. The release attaches it.
//   node scripts/sbom.mjs [FILE]        default: dist/vestibule.cdx.json
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = resolve(process.argv[2] ?? join(root, 'dist/vestibule.cdx.json'));
mkdirSync(dirname(file), { recursive: true });

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const plugin = join(root, 'node_modules/@cyclonedx/yarn-plugin-cyclonedx/yarn-plugin-cyclonedx.cjs');
// The plugin's own program takes the `yarn` of the machine, which need not be there, nor ours.
const { status, error } = spawnSync(
  'npx',
  [
    '--yes',
    packageManager.replace('yarn@', '@yarnpkg/cli-dist@'),
    'cyclonedx',
    '--production',
    '--spec-version',
    '1.6',
    '--output-format',
    'JSON',
    '--output-file',
    file,
    '--mc-type',
    'application',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, YARN_PLUGINS: plugin },
    shell: process.platform === 'win32',
  },
);
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);
console.log(file);
