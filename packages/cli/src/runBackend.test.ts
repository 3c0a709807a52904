/** A backend of one's own as a process: what a hosted module throws where nobody can catch it. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { endProcesses, runScript } from './testing/vestibuleProcess.ts';

const program = new URL('./testing/faultyModule.ts', import.meta.url);
afterAll(endProcesses);

describe('runBackend', () => {
  it('fails the request of a hosted module that throws in a callback of its own, names it, and goes on', async () => {
    const { output, printed, end } = runScript(program, []);
    await printed('Vestibule is ready: ');
    const [, url] = /Vestibule is ready: (http:\/\/\S+)/.exec(output.stdout) ?? [];
    const start = async (env: string) =>
      fetch(`${url}/api/auth/faulty/start?env=${env}`, { redirect: 'manual' });

    const before = performance.now();
    for (const env of ['timer', 'socket', 'rejection', 'afterReturn']) {
      const answer = await start(env);
      expect([env, answer.status]).toEqual([env, 503]);
      expect(await answer.text()).toContain('ERR_PROVIDER_UNAVAILABLE');
    }
    // Long before the time of a request is over, which is 15 s.
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await start('sound')).status).toBe(302);

    const { code, stdout } = await end('SIGTERM');
    expect(code).toBe(0);
    const named = "it is of the provider module of 'faulty', whose request has failed";
    expect(stdout.split(`an exception was not caught; ${named}`)).toHaveLength(4);
    expect(stdout.split(`a rejection was not handled; ${named}`)).toHaveLength(2);
  });

  it('ends the process over an exception that came from nobody else', async () => {
    const { ended } = runScript(program, ['--fault-of-the-host']);
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toContain('an exception was not caught; stopping');
  });
});
