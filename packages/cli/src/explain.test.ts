/** `vestibule explain` where there is nothing to explain, without a backend. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { main } from './main.ts';

const config = 'app-config.yaml';
const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-explain-'));
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
async function run(text: string | undefined, ...args: string[]) {
  if (text !== undefined) await writeFile(config, text);
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

describe('vestibule explain', () => {
  const memory = `
app: { baseUrl: http://localhost:3000 }
backend: { database: { client: better-sqlite3, connection: ':memory:' } }
`;

  it('says what to set where decisions are kept in memory', async () => {
    const { code, stderr } = await run(memory, 'explain', '3f9a0c71be');
    expect(code).toBe(1);
    expect(stderr).toContain('keeps its decisions in memory, where only its own process can read them');
    expect(stderr).toContain('Set backend.database to');
  });

  it('says so where the database is there, and the table is not', async () => {
    const database = { client: 'better-sqlite3', connection: { directory } };
    await writeFile(join(directory, 'auth.sqlite'), '');
    const { code, stderr } = await run(`backend: ${JSON.stringify({ database })}`, 'explain');
    expect([code, stderr]).toEqual([1, expect.stringContaining('this database has no table of decisions')]);
  });

  it('reports a fault of the config with its place', async () => {
    const { code, stderr } = await run('backend:\n  database: { client: mysql }\n', 'explain');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/backend\.database\.client.*app-config\.yaml:2/),
    ]);
  });

  it.each([
    [['explain', 'kim@example.com'], 'is no reference'],
    [['explain', '3f9a0c71be', 'x'], "'x' is not expected after the reference"],
    [['explain', '--jsno'], "unknown option '--jsno'; did you mean '--json'?"],
  ])('refuses %j with 2', async (args, reason) => {
    const { code, stdout, stderr } = await run(memory, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain("Try 'vestibule explain --help'.");
  });

  it('tells how it is used', async () => {
    const { code, stdout } = await run(undefined, 'explain', '--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: vestibule explain [REFERENCE]')]);
    expect((await run(undefined, '--help')).stdout).toContain(
      'explain        Tell why a sign-in was refused',
    );
  });
});
