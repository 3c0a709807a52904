/**
 * The image, without a daemon: the steps of the Dockerfile are carried out as they stand in it, on the files that a builder
 * gets, and what comes of them runs as its last stage says, on SQLite and on PostgreSQL.
 */
import { spawnSync } from 'node:child_process';
import { chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpBrowser, testDatabases } from '@vestibule/backend-test-utils';
import { startDevIdp, type DevIdpServer } from '@vestibule/dev-idp';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { appOrigin, refresh, secrets, signIn } from '../testing/portal.ts';
import { freePort } from '../testing/vestibuleProcess.ts';
import { copyContext } from './testing/buildContext.ts';
import {
  layMountPoints,
  layNode,
  reasonForNone,
  runContainer,
  volume,
  type Container,
  type Mount,
} from './testing/container.ts';
import { readDockerfile, type Stage } from './testing/dockerfile.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const text = await readFile(join(repository, 'Dockerfile'), 'utf8');
const stages = readDockerfile(text);
const image = stages.at(-1)!;
const none = reasonForNone();
if (none !== undefined) {
  if (process.env.CI !== undefined) throw new Error(`the image is not tested: ${none}`);
  console.log(`The image is not tested: ${none}.`);
}
const user = image.user ?? '';

describe('the Dockerfile', () => {
  it('has nothing that its linter finds', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    expect(DockerfileParser.parse(text).getFROMs()).toHaveLength(2);
  });

  it('starts the command itself, without a shell, as a user that is not root', () => {
    expect(image.entrypoint[0]).toBe('node');
    expect(image.command).toEqual(['start']);
    expect(image.healthcheck).toEqual(['node', image.entrypoint.at(-1), 'health']);
    expect(user).toMatch(/^[1-9]\d{3,}:[1-9]\d{3,}$/);
    expect(image.environment).toEqual({ NODE_ENV: 'production' });
    expect(image.labels.every((label) => label.startsWith('org.opencontainers.image.'))).toBe(true);
  });
});

(none === undefined ? describe : describe.skip)('a container of the image', () => {
  let folder: string;
  let root: string;
  let idp: DevIdpServer;
  let port: number;
  const databases = testDatabases();
  const running = new Set<Container>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vestibule-image-'));
    root = join(folder, 'root');
    const built = new Map<string, string>();
    for (const [index, stage] of stages.slice(0, -1).entries()) {
      built.set(stage.name ?? String(index), await build(stage, join(folder, `stage-${index}`)));
    }
    await mkdir(root);
    for (const { from = '', source, target, owner } of image.copies) {
      await cp(join(built.get(from) ?? '', source), join(root, target), {
        recursive: true,
        verbatimSymlinks: true,
      });
      if (owner !== undefined) await chown(join(root, target), owner, owner);
    }
    const { stdout } = spawnSync('find', [root, '-name', '*.node'], { encoding: 'utf8' });
    await layNode(root, stdout.split('\n').filter(Boolean));
    await mkdir(join(root, image.workdir), { recursive: true });
    port = await freePort();
    const redirectUris = [`http://localhost:${port}/api/auth/oidc/handler/frame`];
    idp = await startDevIdp({
      clients: [{ clientId: 'portal', clientSecret: secrets.client, redirectUris }],
    });
  }, 900_000);

  afterAll(async () => {
    for (const container of running) await container.signal('SIGKILL').catch(() => undefined);
    await Promise.all([idp?.stop(), ...(await databases).map(async ({ cleanup }) => cleanup())]);
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it('has a root without a shell, and no file that its user could change', async () => {
    expect(spawnSync('find', [root, '-name', 'sh'], { encoding: 'utf8' }).stdout).toBe('');
    const { uid, mode } = await stat(join(root, 'data'));
    expect([uid, mode & 0o777]).toEqual([Number(user.split(':')[0]), 0o700]);
    const owned = spawnSync('find', [root, '-uid', String(uid)], { encoding: 'utf8' }).stdout;
    expect(owned).toBe(`${join(root, 'data')}\n`);
  });

  it('signs in with SQLite on a volume, and finds it there again', async () => {
    const data = await volume(join(folder, 'data'), user);
    const mounts = [...(await portalMounts()), { source: data, target: '/data', isWritable: true }];
    const database = { client: 'better-sqlite3', connection: { directory: '/data' } };
    const browser = new HttpBrowser();
    const first = await started(mounts, database);
    await expectUnprivileged(first);
    await expectSignIn(browser);
    await expectHealthy(first);
    await expectStop(first);
    expect((await stat(join(data, 'auth.sqlite'))).size).toBeGreaterThan(4096);

    const second = await started(mounts, database);
    expect((await refresh(browser, `http://localhost:${port}/api/auth`)).status).toBe(200);
    await expectStop(second);
  }, 300_000);

  it('signs in with PostgreSQL, and writes nothing but there', async () => {
    const postgres = (await databases).find(({ name }) => name === 'PostgreSQL');
    if (!postgres) {
      if (process.env.CI !== undefined) throw new Error('no PostgreSQL answers');
      return;
    }
    const container = await started(await portalMounts(), postgres.config);
    await expectUnprivileged(container);
    await expectSignIn(new HttpBrowser());
    await expectHealthy(container);
    await expectStop(container);
  }, 300_000);

  /** Carries out the steps of a stage. */
  async function build({ copies, runs, workdir }: Stage, at: string): Promise<string> {
    const directory = join(at, workdir);
    await mkdir(directory, { recursive: true });
    for (const { source, target } of copies) {
      expect([source, target]).toEqual(['.', '.']);
      await copyContext(repository, directory);
    }
    for (const run of runs) {
      // Paths of the image are those of its folder here.
      const command = run.replaceAll(` ${workdir}/`, ` ${directory}/`);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
        cwd: directory,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
      });
      if (status !== 0) throw new Error(`RUN ${run} ended with ${status}:\n${stdout}${stderr}`);
    }
    return at;
  }

  /** What compose.yaml mounts; the secrets as Compose does, readable for the user of the container. */
  async function portalMounts(): Promise<Mount[]> {
    const compose = join(repository, 'deploy/compose');
    const values = {
      session_secret: secrets.session,
      oidc_client_secret: secrets.client,
      database_password: '-',
    };
    const files = Object.entries(values).map(async ([name, value]) => {
      const source = join(folder, `${name}.txt`);
      await writeFile(source, `${value}\n`, { mode: 0o444 });
      return { source, target: `/run/secrets/${name}` };
    });
    const mounts = [
      ...['app-config.yaml', 'catalog.yaml'].map((name) => ({
        source: join(compose, name),
        target: `/etc/vestibule/${name}`,
      })),
      ...(await Promise.all(files)),
    ];
    await layMountPoints(root, mounts);
    return mounts;
  }

  async function started(mounts: readonly Mount[], database: object): Promise<Container> {
    const container = runContainer({
      root,
      workdir: image.workdir,
      user,
      mounts,
      command: [...image.entrypoint, ...image.command],
      environment: {
        ...image.environment,
        OIDC_METADATA_URL: idp.metadataUrl,
        OIDC_CLIENT_ID: 'portal',
        APP_CONFIG_app_baseUrl: appOrigin,
        APP_CONFIG_backend_baseUrl: `http://localhost:${port}`,
        APP_CONFIG_backend_listen: `127.0.0.1:${port}`,
        APP_CONFIG_backend_database: JSON.stringify({ pluginDivisionMode: 'database', ...database }),
      },
    });
    running.add(container);
    void container.ended.then(() => running.delete(container));
    await container.printed('Vestibule is ready: ');
    return container;
  }

  async function expectUnprivileged(container: Container): Promise<void> {
    const status = await readFile(`/proc/${await container.pid()}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.split('\t');
    const [uid = '', gid = ''] = user.split(':');
    expect([field('Uid'), field('Gid'), field('CapEff'), field('CapPrm')]).toEqual([
      [uid, uid, uid, uid],
      [gid, gid, gid, gid],
      ['0000000000000000'],
      ['0000000000000000'],
    ]);
    expect(field('NSpid')?.at(-1)).toBe('1');
    const program = `for (const path of ['/new', '/vestibule/new', '/etc/vestibule/new']) {
      try { require('node:fs').writeFileSync(path, ''); } catch ({ code }) { console.log(code); }
    }`;
    expect((await container.exec(['node', '-e', program])).stdout).toBe('EROFS\n'.repeat(3));
    const resident = Number.parseInt(field('VmRSS')?.[0] ?? '', 10) / 1024;
    console.log(
      `At rest the container has ${resident.toFixed(0)} MB resident, on Node ${process.versions.node}.`,
    );
    expect(resident).toBeLessThan(160);
  }

  async function expectHealthy(container: Container): Promise<void> {
    const { code, stdout, stderr } = await container.exec(image.healthcheck);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `Ready: http://127.0.0.1:${port}\n`,
      stderr: '',
    });
  }

  async function expectSignIn(browser: HttpBrowser): Promise<void> {
    const { response } = await signIn(browser, `http://localhost:${port}/api/auth`, idp);
    expect(response.backstageIdentity.identity.userEntityRef).toBe('user:default/jane');
  }

  async function expectStop(container: Container): Promise<void> {
    const begun = performance.now();
    await container.signal('SIGTERM');
    const { code, stderr } = await container.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const milliseconds = performance.now() - begun;
    console.log(`It stopped in ${milliseconds.toFixed(0)} ms.`);
    expect(milliseconds).toBeLessThan(10_000);
  }
});
