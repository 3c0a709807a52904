// What `yarn check` runs, as data: scripts/check.mjs runs it on the whole tree, scripts/plantedFaults.mjs on some files.
import { dirname } from 'node:path';

const bin = (name) => `node_modules/.bin/${name}`;
const script = (name, ...args) => [process.execPath, `scripts/${name}.mjs`, ...args];

/** Each check's name, its command on everything, and, where it has one, its command on some files. */
export const checks = [
  { name: 'Types', command: [bin('tsc'), '-p', 'tsconfig.check.json', '--pretty', 'false'] },
  {
    name: 'ESLint',
    command: [bin('eslint'), '--max-warnings=0', '.'],
    commandOn: (files) => [bin('eslint'), '--max-warnings=0', ...files],
  },
  {
    name: 'Prettier',
    command: [bin('prettier'), '--check', '--log-level=warn', '.'],
    commandOn: (files) => [bin('prettier'), '--check', '--log-level=warn', ...files],
  },
  {
    name: 'Import arrows',
    command: [
      bin('depcruise'),
      '--config=.dependency-cruiser.cjs',
      '--progress=none',
      'packages/*/src',
      'plugins/*/src',
      'examples/*/src',
    ],
  },
  // Misconfigured, dependency-cruiser overlooks imports by package name and reports success.
  { name: 'Import arrows bite', command: script('plantedFaults', 'Import arrows') },
  { name: 'Knip', command: [bin('knip'), '--no-progress'] },
  {
    // Of what was built: the built files of the working tree.
    name: 'Packages',
    command: script('lintPacked'),
    commandOn: (manifests) => script('lintPacked', ...manifests.map(dirname)),
  },
  {
    name: 'API reports',
    command: script('apiReports', '--check'),
    commandOn: (files) =>
      script('apiReports', '--check', ...new Set(files.map((file) => file.split('/').slice(0, 2).join('/')))),
  },
  { name: 'Docs against code', command: script('docs', '--check') },
  {
    name: 'Snippets',
    command: script('snippets'),
    commandOn: (files) => script('snippets', '--unbuilt', ...files),
  },
  {
    name: 'Jest',
    command: script('jest'),
    commandOn: (files) => script('jest', '--selectProjects', 'node', '--runTestsByPath', ...files),
  },
];
