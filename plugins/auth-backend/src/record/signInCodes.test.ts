/** The closed list of codes is no longer than what can happen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { signInCodes } from '@vestibule/plugin-auth-node';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The sources of the plugins, without tests and without the list itself. */
function productSources(): string {
  const plugins = join(root, 'plugins');
  return readdirSync(plugins)
    .map((name) => join(plugins, name, 'src'))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !/\.(test|browser)\.ts$|(^|\/)testing\//.test(path))
        .filter((path) => path !== 'signInCodes.ts')
        .map((path) => withoutComments(readFileSync(join(folder, path), 'utf8'))),
    )
    .join('\n');
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

it('has no code that nothing gives', () => {
  const sources = productSources();
  const unused = Object.keys(signInCodes).filter((code) => !sources.includes(`'${code}'`));
  expect(unused).toEqual([]);
});
