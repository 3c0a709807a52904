// Runs Jest with native ES modules. Arguments are passed on: npm test -- --silent
// The projects 'slow' and 'browser' run where they are asked for: npm run test:slow, npm run test:browser
import { spawn } from 'node:child_process';

const given = process.argv.slice(2);
const selects = given.some((argument) => argument.startsWith('--selectProjects'));

const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...given,
    ...(selects ? [] : ['--ignoreProjects', 'slow', 'browser']),
  ],
  { stdio: 'inherit', cwd: new URL('..', import.meta.url) },
);
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
