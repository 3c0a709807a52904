/**
 * The script that asks npm for newer Backstage packages, run as a person runs it, against a registry on loopback that has
 * packed packages of its own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('backstageNews.mjs', import.meta.url));
let folder: string;
let registry: Server;
let url: string;

const authChangelog = `# @backstage/plugin-auth-backend

## 2.1.0

### Minor Changes

- 1111111: **BREAKING**: A key is gone.

  Remove it from your config.

### Patch Changes

- 2222222: Grammar.
- Updated dependencies
  - @backstage/config@9.9.9

## 2.1.0-next.0

### Minor Changes

- 1111111: A prerelease says it too.

## 2.0.10

### Patch Changes

- 3333333: Said between the two.

## 2.0.9

### Patch Changes

- 4444444: Known already.
`;

const hostChangelog = `# @backstage/backend-defaults

## 1.0.1

### Patch Changes

- 5555555: Paint is greener.
- 6666666: Added \`backend.logger.redactAllowlist\`.
- 7777777: Cookies of another user are replaced.
`;

/** The newest version of each, and what else the registry has. */
const published = {
  '@backstage/plugin-auth-backend': { version: '2.1.0', others: ['2.0.9'], changelog: authChangelog },
  '@backstage/backend-defaults': { version: '1.0.1', others: ['1.0.0', '1.0.10'], changelog: hostChangelog },
  '@backstage/core-app-api': { version: '3.0.0', others: ['2.9.9'], changelog: undefined },
  '@backstage/plugin-auth-node': { version: '0.9.0', others: [], changelog: '' },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-news-test-'));
  const tarballs = Object.fromEntries(
    Object.entries(published).map(([name, one]) => [name, pack(name, one)]),
  );
  registry = createServer((request, response) => {
    const name = decodeURIComponent(request.url ?? '').slice(1);
    const tarball = tarballs[name.replace(/\.tgz$/, '')];
    if (tarball === undefined) return response.writeHead(404).end('{}');
    if (name.endsWith('.tgz')) return response.end(readFileSync(tarball));
    const { version, others } = published[name as keyof typeof published];
    const dist = { tarball: `${url}/${name}.tgz` };
    const versions = Object.fromEntries(
      [version, ...others].map((one) => [one, { name, version: one, dist }]),
    );
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
}, 60_000);

afterAll(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function pack(
  name: string,
  { version, changelog }: { version: string; changelog: string | undefined },
): string {
  const place = join(folder, name.replace(/\W/g, '-'));
  mkdirSync(place);
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version }));
  if (changelog !== undefined) writeFileSync(join(place, 'CHANGELOG.md'), changelog);
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts'], {
    cwd: place,
    encoding: 'utf8',
  });
  const [{ filename }] = Object.values(JSON.parse(answer) as Record<string, { filename: string }>) as [
    { filename: string },
  ];
  return join(place, filename);
}

async function tellNews(dependencies: Record<string, string>, registryUrl = url) {
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, JSON.stringify({ dependencies }));
  const child = spawn(process.execPath, [script, manifest], {
    env: {
      ...process.env,
      npm_config_registry: registryUrl,
      npm_config_fetch_retries: '0',
      npm_config_cache: join(folder, 'cache'),
    },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (errors += String(data)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output, errors };
}

describe('npm run backstage:news', () => {
  it('prints what the changelogs between the pins and the newest say of sign-in, and ends with 1', async () => {
    const { code, output } = await tellNews({
      '@backstage/plugin-auth-backend': '2.0.9',
      '@backstage/backend-defaults': '1.0.0',
      '@backstage/core-app-api': '2.9.9',
      '@backstage/plugin-auth-node': '0.9.0',
      react: '18.3.1',
    });
    expect(output).toBe(`3 of 4 packages have a newer version on npm.

@backstage/plugin-auth-backend 2.0.9 → 2.1.0
  2.1.0
  - 1111111: **BREAKING**: A key is gone.

    Remove it from your config.
  - 2222222: Grammar.
  2.0.10
  - 3333333: Said between the two.

@backstage/backend-defaults 1.0.0 → 1.0.1
  1.0.1
  - 6666666: Added \`backend.logger.redactAllowlist\`.
  - 7777777: Cookies of another user are replaced.
  1 entry is about something else.

@backstage/core-app-api 2.9.9 → 3.0.0
  It brings no CHANGELOG.md.

To move the sets on, see "Backstage's packages" in CONTRIBUTING.md. The newest ones:

  @backstage/plugin-auth-backend@2.1.0
  @backstage/backend-defaults@1.0.1
  @backstage/core-app-api@3.0.0
`);
    expect(code).toBe(1);
  }, 60_000);

  it('ends with 0 where the pins are the newest, or newer than the dist-tag', async () => {
    const { code, output } = await tellNews({
      '@backstage/plugin-auth-node': '0.9.0',
      '@backstage/backend-defaults': '1.0.10',
    });
    expect({ code, output }).toEqual({
      code: 0,
      output: 'All 2 packages are the newest that npm has.\n',
    });
  }, 60_000);

  it('names a package that npm does not know', async () => {
    const { code, output } = await tellNews({
      '@backstage/plugin-auth-node': '0.9.0',
      '@backstage/unpublished': '1.0.0',
    });
    expect({ code, output }).toEqual({
      code: 0,
      output: 'npm does not know @backstage/unpublished.\n\nAll 1 packages are the newest that npm has.\n',
    });
  }, 60_000);

  it('says what npm says where it cannot be reached, and ends with 2', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    const { code, output, errors } = await tellNews(
      { '@backstage/plugin-auth-node': '0.9.0' },
      `http://127.0.0.1:${port}`,
    );
    expect(output).toBe('');
    expect(errors).toMatch(/^npm could not be asked: ECONNREFUSED: .*plugin-auth-node/);
    expect(errors).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  }, 60_000);
});
