/** `vestibule graph`, which starts the default backend for a moment. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ExplanationData } from '@vestibule/backend-core';
import { main } from '../main.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-graph-'));
  process.chdir(directory);
});

afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

afterEach(() => {
  process.exitCode = undefined;
});

/** As `vestibule ARGS` in a folder with that config. */
async function vestibule(config: string, ...args: string[]) {
  await writeFile('app-config.yaml', config);
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockReturnValue(true),
  );
  const written = (spy: typeof out) => spy?.mock.calls.map(([chunk]) => String(chunk)).join('') ?? '';
  try {
    await main(args);
    return { code: process.exitCode ?? 0, stdout: written(out), stderr: written(err) };
  } finally {
    out?.mockRestore();
    err?.mockRestore();
  }
}

const guestOnly = (more = '') => `
backend:
  baseUrl: http://localhost:7007
  database: { client: better-sqlite3, connection: ':memory:' }
${more}
auth:
  environment: development
  providers: { guest: { dangerouslyAllowOutsideDevelopment: true } }
`;

describe('vestibule graph', () => {
  it('prints what the default backend consists of, though its port is taken, and nothing else', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const listen = `  listen: 127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, stdout, stderr } = await vestibule(guestOnly(listen), 'graph', '--json');
      expect([code, stderr]).toEqual([0, '']);
      const { parts, services, timings, problems } = JSON.parse(stdout) as ExplanationData;
      expect(problems).toEqual([]);
      expect(parts).toContainEqual(expect.objectContaining({ pluginId: 'auth', moduleId: 'guest-provider' }));
      expect(services).toContainEqual(
        expect.objectContaining({ id: 'core.rootLogger', providedBy: 'default' }),
      );
      const [auth] = timings.filter(({ label }) => label === "plugin 'auth'");
      expect(auth).toMatchObject({ state: 'done', milliseconds: expect.any(Number) });
    } finally {
      server.close();
    }
  });

  it('prints a tree, or writes a page to a file', async () => {
    const tree = await vestibule(guestOnly(), 'graph');
    expect([tree.code, tree.stderr]).toEqual([0, '']);
    expect(tree.stdout).toMatch(/^plugins\n├─ auth\n[^]*\nextension points\n[^]*\nservices\n[^]*\ntimings\n/);
    const page = await vestibule(guestOnly(), 'graph', '--html', '--output', 'graph.html');
    expect(page).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await readFile('graph.html', 'utf8')).toMatch(/^<!doctype html>[^]*guest-provider/);
  });

  it('shows how far a start came that fails, without a secret, and ends with 1', async () => {
    const { code, stdout, stderr } = await vestibule(
      guestOnly().replace('auth:', 'auth:\n  sesion: { secret: hunter-2-hunter-2 }'),
      'graph',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Could not start: /);
    expect(stdout).toMatch(/\nproblems\n/);
    expect(`${stdout}${stderr}`).not.toContain('hunter-2');
  });

  it('says so where the file cannot be written', async () => {
    const { code, stderr } = await vestibule(guestOnly(), 'graph', '--mermaid', '--output', 'none/graph.txt');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^vestibule: none\/graph\.txt could not be written: ENOENT/),
    ]);
  });
});
