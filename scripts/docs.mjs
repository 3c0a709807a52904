// The generated pages. Without an argument they are written; with --check they are compared with what they would be.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { configurationPage, keyDescriptionsModule } from './docs/configuration.mjs';
import { configSchemaFile } from './docs/configSchema.mjs';
import { errorsPage } from './docs/errorCodes.mjs';
import { securityTestsPage } from './docs/securityTests.mjs';
import { migrationOutputsPage } from './docs/migrationOutputs.mjs';
import { installingElsewhere, packagesPage, packagesPages } from './docs/packagesPages.mjs';
import { openApiPage } from './docs/openApi.mjs';
import { quoteProblems } from './docs/quotes.mjs';
import { refusalGuidePage } from './docs/refusalGuide.mjs';
import { root, workspaceFolders } from './docs/sources.mjs';
import { startOutputsPage } from './docs/startOutputs.mjs';

const names = new Map(
  workspaceFolders().map((folder) => [
    folder,
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name,
  ]),
);
const pages = {
  'docs/reference/configuration.md': () => configurationPage(),
  'packages/cli/src/config/keyDescriptions.ts': () => keyDescriptionsModule(),
  'packages/cli/assets/app-config.schema.json': () => configSchemaFile(),
  'docs/reference/openapi.json': () => openApiPage(),
  'docs/reference/errors.md': () => errorsPage(names),
  'docs/reference/security-tests.md': () => securityTestsPage(),
  'docs/guides/coming-from-backstage.md': () => migrationOutputsPage(),
  'docs/guides/when-it-does-not-start.md': () => startOutputsPage(),
  'docs/guides/why-was-i-refused.md': () => refusalGuidePage(),
  ...Object.fromEntries(packagesPages.map((path) => [path, () => packagesPage(path)])),
};

const guides = readdirSync(join(root, 'docs/guides'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guides/${name}`);

const isCheck = process.argv.includes('--check');
let failures = 0;
for (const [path, make] of Object.entries(pages)) {
  const { page, problems } = await make();
  const text = await format(page, { ...(await resolveConfig(join(root, path))), filepath: path });
  const current = read(path);
  if (isCheck && current !== text) problems.push('is not current: run `node scripts/docs.mjs`');
  if (!isCheck) writeFileSync(join(root, path), text);
  for (const problem of problems) console.error(`${path}: ${problem}`);
  if (problems.length === 0)
    console.log(`${path}: ${isCheck ? 'current' : current === text ? 'unchanged' : 'written'}`);
  failures += problems.length;
}
const quotes = [...quoteProblems(), ...installingElsewhere(guides)];
for (const problem of quotes) console.error(problem);
if (quotes.length === 0) console.log('quotes and links: right');
failures += quotes.length;
process.exitCode = failures === 0 ? 0 : 1;

function read(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
