import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { BackstageRouteHandlers } from '@vestibule/plugin-auth-node';
import { moduleHandlers } from './handlers.ts';

/** As Backstage's OIDC module: what it asks for at first is waited for at every start. */
function startModule(discover: () => Promise<string>) {
  let time = 1_000_000;
  let made = 0;
  const failures: unknown[] = [];
  const handlers = moduleHandlers({
    clock: { now: () => time },
    onFailure: (reason) => failures.push(reason),
    make() {
      made += 1;
      const found = discover().then((issuer) => `client of ${issuer}`);
      const start = async () => void (await found);
      return { start, frameHandler: start } satisfies BackstageRouteHandlers;
    },
  });
  const start = async () => handlers().start(undefined as never, undefined as never);
  return {
    start,
    failures,
    made: () => made,
    advance: (milliseconds: number) => void (time += milliseconds),
  };
}

describe('a hosted module whose provider is away when it is made', () => {
  it('fails at its routes, which is said once, and is made anew until the provider is back', async () => {
    let isAway = true;
    const away = new Error('connect ECONNREFUSED');
    const module = startModule(async () => (isAway ? Promise.reject(away) : Promise.resolve('an issuer')));
    await setImmediate();
    expect(module.failures).toEqual([away]);
    await expect(module.start()).rejects.toBe(away);
    module.advance(9_999);
    await expect(module.start()).rejects.toBe(away);
    expect(module.made()).toBe(1);
    module.advance(1);
    await expect(module.start()).rejects.toBe(away);
    expect([module.made(), module.failures]).toEqual([2, [away, away]]);
    isAway = false;
    module.advance(10_000);
    await module.start();
    module.advance(10_000);
    await module.start();
    expect(module.made()).toBe(3);
  });

  it('is left alone where nothing failed, and what a factory throws is thrown', async () => {
    const module = startModule(async () => Promise.resolve('an issuer'));
    module.advance(60_000);
    await module.start();
    expect([module.made(), module.failures]).toEqual([1, []]);
    const fault = new Error("Missing required config value at 'clientId'");
    const make = () => {
      throw fault;
    };
    expect(() => moduleHandlers({ make, onFailure: () => {}, clock: { now: () => 0 } })).toThrow(fault);
  });
});
