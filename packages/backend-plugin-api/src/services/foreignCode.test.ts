import { describe, expect, it } from '@jest/globals';
import type { ServiceFactory } from '../features/references.ts';
import { foreignCodeServiceRef, type ForeignCodeService } from './foreignCode.ts';

async function make(): Promise<ForeignCodeService> {
  const factory = (await foreignCodeServiceRef.__defaultFactory?.(foreignCodeServiceRef)) as ServiceFactory;
  return (await factory.factory({}, undefined)) as ForeignCodeService;
}

const later = async () => new Promise<void>((resolve) => setImmediate(resolve));

describe('code of others', () => {
  it('gives what it gives, and throws what it throws', async () => {
    const { run } = await make();
    await expect(run('acme', async () => 'value')).resolves.toBe('value');
    const fault = new Error('no');
    await expect(
      run('acme', () => {
        throw fault;
      }),
    ).rejects.toBe(fault);
  });

  it('fails with what nobody caught, wherever it was begun, and each act with its own', async () => {
    const { run, claim } = await make();
    const owners: unknown[] = [];
    const acts = ['acme', 'other'].map(async (who) =>
      run(who, async () => {
        await later();
        setImmediate(() => owners.push(claim(new Error(`of ${who}`))));
        return new Promise(() => {});
      }),
    );
    const [acme, other] = await Promise.allSettled(acts);
    expect([acme, other]).toMatchObject([
      { reason: { message: 'of acme' } },
      { reason: { message: 'of other' } },
    ]);
    expect(owners).toEqual(['acme', 'other']);
  });

  it('is known as such after its act is over, which stays as it ended', async () => {
    const { run, claim } = await make();
    const owner = new Promise((resolve) => {
      void run('acme', async () => void setImmediate(() => resolve(claim(new Error('late')))));
    });
    await expect(owner).resolves.toBe('acme');
  });

  it('does not own what the host does for it, nor what others do', async () => {
    const { run, leave, claim } = await make();
    const fault = new Error('of the host');
    await run('acme', async () => {
      expect(leave(() => claim(fault))).toBeUndefined();
      await leave(async () => {
        await later();
        expect(claim(fault)).toBeUndefined();
      });
    });
    expect(claim(fault)).toBeUndefined();
  });
});
