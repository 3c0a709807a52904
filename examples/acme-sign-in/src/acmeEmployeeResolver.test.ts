import { describe, expect, it } from '@jest/globals';
import { catalogGroup, catalogUser, expectSignIn, mockServices, oidc } from '@vestibule/backend-test-utils';
import { AcmeEmployeeResolver } from './acmeEmployeeResolver.ts';

const people = [
  catalogUser('jane', {
    annotations: { 'acme.example/employee-number': '000042' },
    memberOf: ['rockets'],
  }),
  catalogGroup('rockets', { childOf: 'research' }),
];
const employee = (employee_number: unknown) => oidc({ claims: { employee_number } });

describe('AcmeEmployeeResolver', () => {
  const catalog = mockServices.catalog({ entities: people });
  const resolver = new AcmeEmployeeResolver(catalog, mockServices.auth());
  const acme = expectSignIn({ acmeEmployee: resolver }).withCatalog(catalog);

  it('signs in by the number, owning what the group above owns', async () => {
    const { record } = await acme
      .given(employee('000042'))
      .toOwn(['user:default/jane', 'group:default/rockets', 'group:default/research']);
    expect(record.resolvers).toEqual([{ resolver: 'acmeEmployee', verdict: 'identity' }]);
  });

  it('passes on a login without a number, and a number that nobody has', async () => {
    await acme.given(employee(undefined)).toPass();
    await acme.given(employee('999999')).toPass();
  });

  it.each([42, ['000042'], '42', '42,kind=group', '000042 '])('refuses %j', async (number) => {
    await acme.given(employee(number)).toBeDenied('ERR_RESOLVER_DENIED');
  });

  it('signs nobody in while the catalog is away', async () => {
    catalog.failWith();
    await acme.given(employee('000042')).toBeDenied('ERR_CATALOG_UNAVAILABLE');
    catalog.recover();
  });
});
