/**
 * A container without a daemon: a folder as a read-only root, mounts and processes of its own, and an unprivileged user.
 * Network and the names of hosts are those of the machine. Linux and root only.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { endOf, type EndedProcess } from './endOf.ts';

/** What is mounted over the root. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isWritable?: boolean;
}

/** What runs in it, and as whom. */
export interface ContainerOptions {
  readonly root: string;
  readonly workdir: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly command: readonly string[];
}

/** A container that runs. */
export interface Container {
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<EndedProcess>;
  /** Of its first process, as this machine sees it. */
  pid(): Promise<number>;
  printed(text: string): Promise<void>;
  /** Runs another command in it, as a probe does. */
  exec(command: readonly string[]): Promise<EndedProcess>;
  signal(name: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Why there can be no container here; `undefined` where there can. */
export function reasonForNone(): string | undefined {
  if (process.platform !== 'linux') return 'containers without a daemon need Linux';
  if (process.getuid?.() !== 0) return 'containers without a daemon need root';
  const { status } = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']);
  return status === 0 ? undefined : 'unshare may not make namespaces here';
}

/** Node and the libraries that it and the given files need, where an image of Node has them; and nothing else. */
export async function layNode(root: string, files: readonly string[]): Promise<void> {
  for (const file of [process.execPath, ...files]) {
    const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
    const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
    for (const path of libraries) await lay(path, join(root, path));
  }
  await lay(process.execPath, join(root, 'usr/local/bin/node'));
  for (const name of ['proc', 'dev', 'tmp', 'etc']) await mkdir(join(root, name), { recursive: true });
}

async function lay(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}

/** Makes the folder or file that something is mounted on. */
export async function layMountPoints(root: string, mounts: readonly Mount[]): Promise<void> {
  for (const { source, target } of mounts) {
    const isFile = basename(source).includes('.') || target.startsWith('/run/secrets/');
    if (isFile) await lay('/dev/null', join(root, target));
    else await mkdir(join(root, target), { recursive: true });
  }
}

/** Owned by the user of the container. */
export async function volume(path: string, user: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  await chown(path, Number(user.split(':')[0]), Number(user.split(':')[1]));
  return path;
}

export function runContainer(options: ContainerOptions): Container {
  const { root, workdir, user, environment, mounts, command } = options;
  const [uid = '', gid = uid] = user.split(':');
  const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment };
  const steps = [
    'set -eu',
    'mount --make-rprivate /',
    `mount --bind ${root} ${root}`,
    ...['/dev', '/proc'].map((path) => `mount --rbind ${path} ${root}${path}`),
    `mount -t proc proc ${root}/proc`,
    `mount -t tmpfs -o mode=1777,size=16m tmpfs ${root}/tmp`,
    ...mounts.flatMap(({ source, target, isWritable }) => [
      `mount --bind ${source} ${root}${target}`,
      ...(isWritable ? [] : [`mount -o remount,bind,ro ${root}${target}`]),
    ]),
    `mount -o remount,bind,ro ${root}`,
    `exec unshare --root=${root} --wd=${workdir} --setgid=${gid} --setuid=${uid} -- "$@"`,
  ];
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', steps.join('\n'), 'container', ...command],
    { env: { ...variables, PATH: `${variables.PATH}:/usr/sbin:/sbin` }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { output, ended } = endOf(child);
  const pid = async () => {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
    return Number(children.trim());
  };
  return {
    output,
    ended,
    pid,
    async printed(text) {
      while (!output.stdout.includes(text)) {
        const end = await Promise.race([ended, once(child.stdout, 'data').then(() => undefined)]);
        if (end && !output.stdout.includes(text)) {
          throw new Error(`ended without printing '${text}':\n${end.stdout}${end.stderr}`);
        }
      }
    },
    async exec(commandInside) {
      const target = String(await pid());
      const inside = [
        '--target',
        target,
        '--mount',
        '--pid',
        '--root',
        '--wd',
        '--setgid',
        gid,
        '--setuid',
        uid,
      ];
      const { ended: end } = endOf(
        spawn('nsenter', [...inside, '--', ...commandInside], {
          env: variables,
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      );
      return end;
    },
    async signal(name) {
      process.kill(await pid(), name);
    },
  };
}
