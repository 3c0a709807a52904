/** What a child process prints, and how it ends. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { EndedProcess } from '../../testing/vestibuleProcess.ts';

export type { EndedProcess };

export function endOf(child: ChildProcess & { stdout: Readable; stderr: Readable }): {
  output: { stdout: string; stderr: string };
  ended: Promise<EndedProcess>;
} {
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, ...output }));
  return { output, ended };
}
