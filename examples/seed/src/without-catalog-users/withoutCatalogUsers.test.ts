import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { expectIdentity, expectRefusal } from '../testing/expectations.ts';
import { people, startSample, type Sample } from '../testing/sample.ts';
import createPlugin from './auth.ts';
import { authModuleWithoutCatalogUsers } from './module.ts';

describe.each([
  ['a router', { createPlugin }, 'ERR_RESOLVER_DENIED'],
  ['a module', { features: [authModuleWithoutCatalogUsers] }, 'ERR_EMAIL_NOT_VERIFIED'],
])('sign-in without users in the catalog as %s', (_way, way, withoutEmail) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample({
      ...way,
      people: [...people, { id: 'acme', name: 'Jane Doe', email: 'Jane.Doe@acme.org' }],
      catalog: createInMemoryCatalog([]),
    });
  });
  afterAll(async () => sample.stop());

  it('signs in whoever has an address of acme.org, under the local part', async () => {
    expectIdentity(await sample.signIn('acme'), 'user:default/jane.doe', ['user:default/jane.doe']);
  });

  it('refuses every other domain, and who has no address', async () => {
    expectRefusal(await sample.signIn('jane'), 'ERR_RESOLVER_DENIED');
    expectRefusal(await sample.signIn('kim'), 'ERR_RESOLVER_DENIED');
    expectRefusal(await sample.signIn('sam'), withoutEmail);
  });
});
