import { afterEach, describe, it } from '@jest/globals';
import { createServiceFactory } from '@vestibule/backend-plugin-api';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { expectIdentity, expectRefusal } from '../testing/expectations.ts';
import { startSample, user, type Sample } from '../testing/sample.ts';
import { employeesServiceRef } from './employees.ts';
import { authModuleResolverForms } from './module.ts';

let sample: Sample | undefined;
afterEach(async () => sample?.stop());

const stub = createInMemoryCatalog([
  user('jane'),
  user('omar', { 'acme.org/on-leave': 'yes' }),
  user('sam-s'),
]);

describe.each(['employeeByFunction', 'employeeByFactory', 'employeeByClass'])('%s', (resolver) => {
  it('uses the catalog and the service that were injected', async () => {
    sample = await startSample({
      features: [
        authModuleResolverForms,
        // The stub in place of the catalog, in one line.
        createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => stub }),
      ],
      settings: { signIn: { resolvers: [{ resolver }] } },
    });
    const answer = await sample.signIn('jane');
    expectIdentity(answer, 'user:default/jane', ['user:default/jane', 'group:default/team-a']);
    expectRefusal(await sample.signIn('omar'), 'ERR_RESOLVER_DENIED');
    expectRefusal(await sample.signIn('kim'), 'ERR_RESOLVER_NO_MATCH');
    expectRefusal(await sample.signIn('sam'), 'ERR_EMAIL_NOT_VERIFIED');
  });

  it('follows a service that is replaced in one line', async () => {
    const names = { nameOf: async () => 'sam-s' };
    sample = await startSample({
      features: [
        authModuleResolverForms,
        createServiceFactory({ service: employeesServiceRef, deps: {}, factory: () => names }),
      ],
      catalog: stub,
      settings: { signIn: { resolvers: [{ resolver }] } },
    });
    expectIdentity(await sample.signIn('jane'), 'user:default/sam-s', [
      'user:default/sam-s',
      'group:default/team-a',
    ]);
  });
});
