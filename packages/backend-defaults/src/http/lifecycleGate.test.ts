import { describe, expect, it } from '@jest/globals';
import { createLifecycleGate } from './lifecycleGate.ts';

const ignore = () => undefined;

describe('createLifecycleGate', () => {
  it('holds no more than so many requests', async () => {
    const gate = createLifecycleGate({ timeoutMilliseconds: 60_000, maximalHeld: 2 });
    const held = [gate.pass(ignore), gate.pass(ignore)];
    await expect(gate.pass(ignore)).rejects.toMatchObject({
      code: 'ERR_HTTP_STARTING',
      retryAfterSeconds: 1,
    });
    gate.open();
    await Promise.all(held);
    expect(gate.isOpen).toBe(true);
  });

  it('forgets a request whose caller is gone, so that another has its place', async () => {
    const gate = createLifecycleGate({ timeoutMilliseconds: 60_000, maximalHeld: 1 });
    let leave = ignore as () => void;
    void gate.pass((forget) => {
      leave = forget;
    });
    leave();
    const next = gate.pass(ignore);
    gate.open();
    await next;
  });

  it('does not open again after it has closed', async () => {
    const gate = createLifecycleGate({ timeoutMilliseconds: 60_000 });
    const held = gate.pass(ignore);
    gate.close();
    gate.open();
    gate.settle();
    await expect(held).rejects.toMatchObject({ code: 'ERR_HTTP_STOPPING' });
    await expect(gate.pass(ignore)).rejects.toMatchObject({ code: 'ERR_HTTP_STOPPING' });
  });

  it('lets nobody wait for a plugin when the backend stops before it has started', async () => {
    const gate = createLifecycleGate({ timeoutMilliseconds: 60_000 });
    const held = gate.pass(ignore);
    gate.abandon();
    await expect(held).rejects.toMatchObject({ code: 'ERR_HTTP_STOPPING' });
    const open = createLifecycleGate({ timeoutMilliseconds: 60_000 });
    open.open();
    open.abandon();
    await open.pass(ignore);
  });

  it('stays open when everything has started', async () => {
    const gate = createLifecycleGate({ timeoutMilliseconds: 60_000 });
    gate.open();
    gate.settle();
    await gate.pass(ignore);
  });
});
