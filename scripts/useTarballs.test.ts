/** use.mjs of the packed folder, run as somebody would who has nothing but that folder. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('pack/use.mjs', import.meta.url));
const index = {
  purposes: [
    { id: 'command', install: ['@vestibule/cli'], develop: [] },
    { id: 'module', install: ['@vestibule/api'], develop: ['@vestibule/test-utils'] },
  ],
  packages: {
    '@vestibule/cli': { version: '1.2.3', file: 'cli.tgz', needs: ['@vestibule/api'] },
    '@vestibule/api': { version: '1.2.3', file: 'api.tgz', needs: [] },
    '@vestibule/test-utils': { version: '1.2.3', file: 'test-utils.tgz', needs: ['@vestibule/api'] },
  },
};
let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'vestibule-use-')));
  await write('packed/index.json', index);
  await cp(script, join(folder, 'packed/use.mjs'));
});
afterEach(async () => rm(folder, { recursive: true }));

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

async function use(place: string, ...args: string[]) {
  await mkdir(join(folder, place), { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'packed/use.mjs'), ...args], {
    cwd: join(folder, place),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const manifest = async (place: string): Promise<unknown> =>
  JSON.parse(await readFile(join(folder, place, 'package.json'), 'utf8'));

describe('use.mjs', () => {
  it('has npm take what an empty folder needs for a purpose', async () => {
    expect(await use('portal', 'command')).toMatchObject({
      status: 0,
      stdout: '@vestibule/cli\nNow: npm install\n',
    });
    expect(await manifest('portal')).toEqual({
      private: true,
      dependencies: { '@vestibule/cli': 'file:../packed/cli.tgz' },
      overrides: { '@vestibule/api': 'file:../packed/api.tgz' },
    });
  });

  it('has Yarn take what package.json names already, with its ranges', async () => {
    const own = { name: 'portal', dependencies: { '@vestibule/cli': '^1.0.0', koa: '^3.0.0' } };
    await write('portal/package.json', { ...own, packageManager: 'yarn@4.18.1' });
    expect(await use('portal')).toMatchObject({ status: 0, stdout: '@vestibule/cli\nNow: yarn install\n' });
    expect(await manifest('portal')).toEqual({
      ...own,
      packageManager: 'yarn@4.18.1',
      resolutions: {
        '@vestibule/api': 'file:../packed/api.tgz',
        '@vestibule/cli': 'file:../packed/cli.tgz',
      },
    });
  });

  it('has pnpm take them beside the settings and overrides that it has, also a second time', async () => {
    await write('portal/pnpm-workspace.yaml', 'hoist: false\noverrides:\n  zod: ^4.0.0\n');
    await use('portal', 'module');
    expect((await use('portal', 'command')).status).toBe(0);
    expect(await readFile(join(folder, 'portal/pnpm-workspace.yaml'), 'utf8')).toBe(
      [
        'hoist: false',
        'overrides:',
        "  '@vestibule/api': file:../packed/api.tgz",
        "  '@vestibule/cli': file:../packed/cli.tgz",
        "  '@vestibule/test-utils': file:../packed/test-utils.tgz",
        '  zod: ^4.0.0',
        '',
      ].join('\n'),
    );
    expect(await manifest('portal')).toEqual({
      private: true,
      dependencies: { '@vestibule/api': '^1.2.3', '@vestibule/cli': '^1.2.3' },
      devDependencies: { '@vestibule/test-utils': '^1.2.3' },
    });
  });

  it('writes into a workspace what it names, and into its root where that lies', async () => {
    await write('portal/package.json', { workspaces: ['packages/*'] });
    await write('portal/yarn.lock', '');
    await write('portal/packages/backend/package.json', { name: 'backend' });
    expect((await use('portal/packages/backend', '--dev', '@vestibule/test-utils')).status).toBe(0);
    expect(await manifest('portal/packages/backend')).toEqual({
      name: 'backend',
      devDependencies: { '@vestibule/test-utils': '^1.2.3' },
    });
    expect(await manifest('portal')).toEqual({
      workspaces: ['packages/*'],
      resolutions: {
        '@vestibule/api': 'file:../packed/api.tgz',
        '@vestibule/test-utils': 'file:../packed/test-utils.tgz',
      },
    });
  });

  it.each([
    [[], /^Name packages, or what they are for: command, module\.$/m],
    [['comand'], /^There is no 'comand' here\. There are:\n {2}command\n/],
    [['command', '--manager', 'bun'], /^--manager is one of npm, pnpm, yarn; got 'bun'$/m],
    [['--deve'], /Unknown option '--deve'/],
  ])('says what it needs instead of %j, and writes nothing', async (args, says) => {
    await write('portal/package.json', { name: 'portal' });
    const { status, stderr } = await use('portal', ...args);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(says) });
    expect(await manifest('portal')).toEqual({ name: 'portal' });
  });
});
