// A project in an empty folder outside of the repository, which has our packages from the tarballs.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { useTarballs } from '../pack/use.mjs';
import { packageManagers, run } from './packageManagers.mjs';

export class Project {
  #manager;
  #children = new Set();

  /**
   * @param options - `manager`; `packed`, the folder of the tarballs; `names` of purposes or packages, as use.mjs takes them;
   *   `manifest`, more of package.json; `files`, by path.
   */
  constructor({ manager, packed, names = [], manifest = {}, files = {} }) {
    this.#manager = packageManagers[manager];
    this.folder = mkdtempSync(join(tmpdir(), 'vestibule-trial-'));
    this.write({
      'package.json': JSON.stringify({
        name: 'trial',
        version: '0.0.0',
        private: true,
        type: 'module',
        ...manifest,
      }),
      ...this.#manager.files(this.folder),
      ...files,
    });
    useTarballs({ folder: this.folder, names, manager, packed });
  }

  write(files) {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), content);
    }
  }

  install() {
    run(this.folder, ...this.#manager.install);
  }

  /** What the installation takes on the disk. Yarn keeps archives. */
  megabytes() {
    const kilobytes = Number.parseInt(run(this.folder, 'du', '-sk', '.'), 10);
    return kilobytes / 1000;
  }

  bin(name) {
    return this.#manager.bin(this.folder, name);
  }

  /** Runs a program to its end. @throws Error with all that it printed, where that is not 0. */
  node(args, { node = process.execPath } = {}) {
    const { status, stdout, stderr } = spawnSync(node, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.#environment(),
    });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /**
   * Starts a program that serves.
   *
   * @param ready - What it prints when it does.
   * @returns what it printed so far, and `stop`, which asks it to end and gives its exit code.
   */
  async serve(args, ready, environment = {}) {
    const child = spawn(process.execPath, args, {
      cwd: this.folder,
      env: { ...this.#environment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    const ended = once(child, 'exit').finally(() => this.#children.delete(child));
    let output = '';
    await new Promise((resolve, reject) => {
      const read = (data) => {
        output += data;
        if (output.includes(ready)) resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      void ended.then(([code]) => reject(new Error(`${args.join(' ')} ended with ${code}\n${output}`)));
      AbortSignal.timeout(120_000).addEventListener('abort', () =>
        reject(new Error(`${args.join(' ')} was not ready in two minutes\n${output}`)),
      );
    });
    return {
      output: () => output,
      async stop() {
        child.kill('SIGTERM');
        const [code, signal] = await ended;
        return code ?? signal;
      },
    };
  }

  remove() {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #environment() {
    // Nothing of the trial's own Node, or of the npm script that runs it.
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|NODE_|VESTIBULE_|APP_CONFIG_)/.test(name),
    );
    return { ...Object.fromEntries(own), NODE_ENV: 'development', ...this.#manager.environment(this.folder) };
  }
}
