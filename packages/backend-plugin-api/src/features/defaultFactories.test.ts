import { describe, expect, it } from '@jest/globals';
import { defaultFactoryOfEveryCopy } from './defaultFactories.ts';
import { createServiceFactory } from './serviceFactory.ts';
import { createServiceRef } from './serviceRef.ts';

/** This module as another copy of the package has it: under another address it is loaded anew. */
async function otherCopy(): Promise<typeof import('./defaultFactories.ts')> {
  const [file] = ['./defaultFactories.ts'];
  return (await import(`${file}?copy`)) as typeof import('./defaultFactories.ts');
}

const reference = (id: string) =>
  createServiceRef<string>({
    id,
    defaultFactory: async (service) => createServiceFactory({ service, deps: {}, factory: () => 'made' }),
  });

describe('the default factory of a reference', () => {
  it('is that of the first copy of a package', async () => {
    const other = await otherCopy();
    expect(other.defaultFactoryOfEveryCopy).not.toBe(defaultFactoryOfEveryCopy);
    const first = reference('test.one');
    expect(first.__defaultFactory).toBeInstanceOf(Function);
    const own = () => 'of the other copy';
    expect(other.defaultFactoryOfEveryCopy('test.one', own)).toBe(first.__defaultFactory);
    expect(other.defaultFactoryOfEveryCopy('test.another', own)).toBe(own);
  });

  it('is its own within a copy', () => {
    const [first, second] = [reference('test.two'), reference('test.two')];
    expect(second.__defaultFactory).not.toBe(first.__defaultFactory);
  });
});
