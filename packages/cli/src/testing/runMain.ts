/** The command in this process: what it wrote, and its exit code. */
import { jest } from '@jest/globals';
import { main } from '../main.ts';

export async function runMain(
  ...args: string[]
): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockReturnValue(true),
  );
  const written = (spy: typeof out) => spy?.mock.calls.map(([chunk]) => String(chunk)).join('') ?? '';
  try {
    await main(args);
    return { code: process.exitCode ?? 0, stdout: written(out), stderr: written(err) };
  } finally {
    process.exitCode = undefined;
    out?.mockRestore();
    err?.mockRestore();
  }
}
