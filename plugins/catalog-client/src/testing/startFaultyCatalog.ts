/** Starts faultyCatalog.ts as a process, and ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface FaultyCatalog {
  baseUrl(fault: string): string;
  close(): Promise<void>;
}

export async function startFaultyCatalog(): Promise<FaultyCatalog> {
  const loader = new URL('../../../../scripts/ts.mjs', import.meta.url);
  const script = new URL('faultyCatalog.ts', import.meta.url);
  const child = spawn(process.execPath, ['--import', loader.href, script.pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const port = await Promise.race([
    once(child.stdout, 'data').then(([chunk]) => Number(String(chunk))),
    exited.then(() => Promise.reject(new Error('the faulty catalog did not start'))),
  ]);
  return {
    baseUrl: (fault) => `http://127.0.0.1:${port}/${fault}`,
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
