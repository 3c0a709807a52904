/** What a release consists of, run: the version on a copy, publishing to a registry on loopback, the bill of materials. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const load = async (path: string): Promise<unknown> => import(new URL(path, import.meta.url).href);
const { readChangesets } = (await load('changelog/changesets.mjs')) as {
  readChangesets(root: string): object[];
};
const { makeTemporaryCopy } = (await load('temporaryCopy.mjs')) as { makeTemporaryCopy(): string };
// Yarn resolves, and npm is started a dozen times, on a machine that may be busy.
const deadline = 300_000;

const folders: string[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await Promise.all(folders.splice(0).map(async (folder) => rm(folder, { recursive: true, force: true })));
});

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
const json = async <T = Manifest>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T;

async function manifestsOf(tree: string): Promise<Manifest[]> {
  const found = await Promise.all(
    ['packages', 'plugins', 'examples'].map(async (parent) =>
      (await readdir(join(tree, parent), { withFileTypes: true }))
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(tree, parent, name, 'package.json')),
    ),
  );
  return Promise.all(found.flat().map(async (path) => json(path)));
}

/** A program's exit code and all it printed. */
async function run(cwd: string, command: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

describe('npm run version-packages', () => {
  it(
    'turns all that waits into one version and one release of the changelog',
    async () => {
      const copy = makeTemporaryCopy();
      folders.push(copy);
      const waiting = readChangesets(copy);
      const before = await json(join(copy, 'package.json'));
      const { code, output } = await run(copy, process.execPath, ['scripts/versionPackages.mjs']);
      expect(code === 0 ? '' : output).toBe('');

      const after = await json(join(copy, 'package.json'));
      expect(after.version).not.toBe(before.version);
      const versions = new Set((await manifestsOf(copy)).map(({ version }) => version));
      expect([...versions]).toEqual([after.version]);
      expect(after.dependencies).toEqual({ '@vestibule/cli': `^${after.version}` });
      expect(await readFile(join(copy, 'yarn.lock'), 'utf8')).toContain(
        `"@vestibule/cli@npm:^${after.version}`,
      );

      const changelog = await readFile(join(copy, 'CHANGELOG.md'), 'utf8');
      expect(changelog.match(/^## .*$/gm)).toEqual([
        expect.stringMatching(`^## ${after.version} \\(\\d{4}-\\d\\d-\\d\\d\\)$`),
      ]);
      expect(changelog.match(/^- /gm)).toHaveLength(waiting.length);
      expect(readChangesets(copy)).toEqual([]);
      const ofPackages = (await readdir(join(copy, 'packages'), { recursive: true })).filter((name) =>
        /^[^/]+\/CHANGELOG\.md$/.test(name),
      );
      expect(ofPackages).toEqual([]);

      const notes = await run(copy, process.execPath, ['scripts/changelog.mjs', '--of', after.version]);
      expect(notes.output.trim()).toBe(changelog.split(/^## .*\n/m)[1]?.trim());
      // Nothing waits now.
      expect((await run(copy, process.execPath, ['scripts/versionPackages.mjs'])).code).toBe(1);
    },
    deadline,
  );
});

describe('npm run release:publish', () => {
  const names = ['@acme/application', '@acme/library'];

  /** Tarballs of two packages, the first of which needs the second. */
  async function packed(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'vestibule-publish-'));
    folders.push(folder);
    for (const name of names) {
      const source = join(folder, name);
      await mkdir(source, { recursive: true });
      const dependencies = name === '@acme/application' ? { '@acme/library': '^1.0.0' } : {};
      await writeFile(join(source, 'package.json'), JSON.stringify({ name, version: '1.0.0', dependencies }));
      const { code, output } = await run(folder, 'npm', ['pack', '--silent', source]);
      expect(code === 0 ? '' : output).toBe('');
    }
    return folder;
  }

  /** As much of a registry as npm asks for; `fails` answers in its place. */
  async function registry(folder: string, fails?: (method: string) => number | undefined) {
    const published: string[] = [];
    const server = createServer((request, response) => {
      const name = decodeURIComponent((request.url ?? '').slice(1).split('?')[0] ?? '');
      const status = fails?.(request.method ?? '');
      request.resume().on('end', () => {
        if (status !== undefined) return response.writeHead(status).end('{}');
        if (request.method === 'PUT') {
          published.push(name);
          return response.writeHead(201).end('{}');
        }
        if (!published.includes(name)) return response.writeHead(404).end('{"error":"not found"}');
        const versions = { '1.0.0': { name, version: '1.0.0' } };
        const document = { name, 'dist-tags': { latest: '1.0.0' }, versions };
        return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
      });
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const userconfig = join(folder, 'npmrc');
    await writeFile(userconfig, `registry=http://${host}/\n//${host}/:_authToken=of-the-test\n`);
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      npm_config_userconfig: userconfig,
      npm_config_fetch_retries: '0',
      npm_config_cache: join(folder, 'cache'),
    };
    return {
      published,
      publish: async () => run(root, process.execPath, ['scripts/release/publish.mjs', folder], env),
    };
  }

  it(
    'publishes what a package needs before the package, and nothing twice',
    async () => {
      const folder = await packed();
      const { published, publish } = await registry(folder);
      const first = await publish();
      expect(first.output).toBe('@acme/library@1.0.0 published\n@acme/application@1.0.0 published\n');
      expect(published).toEqual(['@acme/library', '@acme/application']);
      const again = await publish();
      expect(again.output).toBe('@acme/library@1.0.0 is there\n@acme/application@1.0.0 is there\n');
      expect(published).toHaveLength(2);
    },
    deadline,
  );

  it(
    'stops at a registry that fails, and goes on when it is run again',
    async () => {
      const folder = await packed();
      let isDown = true;
      const { published, publish } = await registry(folder, (method) =>
        isDown && method === 'PUT' ? 503 : undefined,
      );
      const first = await publish();
      expect([first.code, published]).toEqual([1, []]);
      expect(first.output).toMatch(/npm publish .*acme-library-1\.0\.0\.tgz .*ended with 1/);
      expect(first.output).not.toContain('of-the-test');
      isDown = false;
      expect((await publish()).code).toBe(0);
      expect(published).toHaveLength(2);
    },
    deadline,
  );

  it(
    'takes a registry that cannot be asked for what it is, and publishes nothing',
    async () => {
      const folder = await packed();
      const { published, publish } = await registry(folder, () => 500);
      const { code, output } = await publish();
      expect([code, published]).toEqual([1, []]);
      expect(output).toContain('npm could not be asked for @acme/library@1.0.0');
    },
    deadline,
  );
});

describe('npm run sbom', () => {
  interface BillOfMaterials {
    bomFormat: string;
    specVersion: string;
    metadata: { component: { name: string; version: string } };
    components: {
      'bom-ref': string;
      type: string;
      group?: string;
      name: string;
      version: string;
      licenses?: { license?: { id: string }; expression?: string }[];
    }[];
    dependencies: { ref: string; dependsOn?: string[] }[];
  }

  it(
    'names every package that an installation of the command brings, with version and licence, and no other',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'vestibule-sbom-'));
      folders.push(folder);
      const file = join(folder, 'vestibule.cdx.json');
      const { code, output } = await run(root, process.execPath, ['scripts/sbom.mjs', file]);
      expect(code === 0 ? '' : output).toBe('');
      const bom = await json<BillOfMaterials>(file);
      expect([bom.bomFormat, bom.specVersion, bom.metadata.component.name]).toEqual([
        'CycloneDX',
        '1.6',
        'vestibule',
      ]);

      const named = new Set(bom.components.map(({ group, name }) => (group ? `${group}/${name}` : name)));
      const { ours, others } = await neededBy('@vestibule/cli');
      expect([...ours, ...others].filter((name) => !named.has(name))).toEqual([]);
      expect(others.size).toBeGreaterThan(10);
      const { devDependencies = {} } = await json(join(root, 'package.json'));
      expect(
        Object.keys(devDependencies).filter(
          (name) => named.has(name) && !others.has(name) && !name.startsWith('@types/'),
        ),
      ).toEqual([]);

      expect(bom.components.filter(({ licenses }) => !licenses?.length).map(({ name }) => name)).toEqual([]);
      expect(bom.components.filter(({ version, type }) => !version || type !== 'library')).toEqual([]);
      const refs = new Set(bom.components.map((component) => component['bom-ref']));
      expect(
        bom.dependencies.flatMap(({ dependsOn = [] }) => dependsOn).filter((ref) => !refs.has(ref)),
      ).toEqual([]);
      expect(await readFile(file, 'utf8')).not.toContain(root);
    },
    deadline,
  );

  /** Workspaces of a package's dependencies, and what those require of others. */
  async function neededBy(first: string) {
    const all = new Map((await manifestsOf(root)).map((manifest) => [manifest.name, manifest]));
    const ours = new Set([first]);
    const others = new Set<string>();
    for (const name of ours) {
      const { dependencies, optionalDependencies } = all.get(name) ?? {};
      for (const needed of Object.keys({ ...dependencies, ...optionalDependencies }))
        (all.has(needed) ? ours : others).add(needed);
    }
    return { ours, others };
  }
});
