/** What is said at the end. */
import { relative } from 'node:path';
import { ports } from './planProject.ts';
import type { Order } from './readCommandLine.ts';

export function nextSteps({ directory, purpose, providers, issuer }: Order): string {
  const folder = relative('.', directory);
  const credentials = [
    ...(providers.includes('oidc') && issuer !== undefined ? ['OIDC_CLIENT_ID, OIDC_CLIENT_SECRET'] : []),
    ...(providers.includes('google') ? ['GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET'] : []),
    ...(providers.includes('github') ? ['GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET'] : []),
  ];
  const url = `http://localhost:${ports[purpose]}${purpose === 'framework' ? '/api/visits' : ''}`;
  return [
    ...(folder === '' ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : quoted(folder)}`]),
    'npm install',
    `npm start      # ${url}`,
    'npm test',
    ...(credentials.length > 0
      ? ['', `.env wants ${credentials.join(', ')}: README.md says from where.`]
      : []),
  ].join('\n');
}

/** For the shell of the machine: nothing in a name is a command. */
function quoted(folder: string): string {
  return process.platform === 'win32' ? `"${folder}"` : `'${folder.replaceAll("'", "'\\''")}'`;
}
