// Signs Jane, Kim and Sam in at a portal in production, with the config of docs/guides/why-was-i-refused, the demo's
// catalog and the development identity provider as processes of their own. Prints as JSON what Kim sees and what
// `vestibule explain` prints. Runs from source:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/docs/refusedSignIns.mjs
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpBrowser } from '../../packages/backend-test-utils/src/index.ts';
import { endProcesses, freePort, runVestibule } from '../../packages/cli/src/testing/vestibuleProcess.ts';
import { startDevIdp } from '../../packages/dev-idp/src/index.ts';
import { signInCodes } from '../../plugins/auth-node/src/index.ts';
import { root } from './sources.mjs';

const directory = await mkdtemp(join(tmpdir(), 'vestibule-docs-'));
await copyFile(
  join(root, 'docs/guides/why-was-i-refused/app-config.yaml'),
  join(directory, 'app-config.yaml'),
);
await copyFile(join(root, 'examples/demo-catalog.yaml'), join(directory, 'demo-catalog.yaml'));
const port = await freePort();
const url = `http://localhost:${port}`;
const clientSecret = 'k2Jm-client-secret-of-the-guide-7Qx';
const idp = await startDevIdp({
  clients: [{ clientId: 'portal', clientSecret, redirectUris: [`${url}/api/auth/oidc/handler/frame`] }],
});
const options = {
  directory,
  environment: {
    NODE_ENV: 'production',
    AUTH_SESSION_SECRET: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
    AUTH_OIDC_CLIENT_SECRET: clientSecret,
    AUTH_OIDC_METADATA_URL: idp.metadataUrl,
    APP_CONFIG_backend_baseUrl: url,
    APP_CONFIG_backend_listen: `"127.0.0.1:${port}"`,
  },
};
try {
  const backend = runVestibule(['start'], options);
  await backend.printed('Vestibule is ready');
  await signIn('jane');
  const page = await signIn('kim');
  await signIn('sam');
  const [, reference] = /reference ([0-9a-f]{10})/.exec(page) ?? [];
  const kim = await run(['explain', reference]);
  const list = await run(['explain']);
  console.log(JSON.stringify({ page: wordsOf(page), reference, kim, list, codes: signInCodes }));
} finally {
  await endProcesses();
  await idp.stop();
  await rm(directory, { recursive: true });
}

async function signIn(as) {
  const browser = new HttpBrowser();
  const query = new URLSearchParams({ env: 'production', origin: 'http://localhost:3000', flow: 'popup' });
  const { headers } = await browser.send(`${url}/api/auth/oidc/start?${query}`);
  const { text } = await browser.send(await idp.authorize(headers.get('location') ?? '', { as }));
  return text;
}

async function run(args) {
  const { code, stdout, stderr } = await runVestibule(args, options).ended;
  if (code !== 0) throw new Error(`vestibule ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

/** The words of a page, a line for each block. */
function wordsOf(html) {
  const blocks = [...html.matchAll(/<(h1|p)\b[^>]*>([\s\S]*?)<\/\1>/g)];
  return blocks.map(([, , block]) =>
    block
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&'),
  );
}
