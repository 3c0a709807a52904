// Runs Jest with native ES modules. Arguments are passed on: npm test -- --silent
import { spawn } from 'node:child_process';

const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', cwd: new URL('..', import.meta.url) },
);
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
