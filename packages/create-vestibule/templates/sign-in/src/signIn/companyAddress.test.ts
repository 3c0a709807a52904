import { describe, it } from 'node:test';
import {
  catalogGroup,
  catalogUser,
  expectSignIn,
  // when: github
  github,
  // end
  // when: google
  google,
  // end
  // when: oidc or only-guest
  oidc,
  // end
} from '@vestibule/backend-test-utils';
import { companyAddress } from './companyAddress.ts';

const people = [
  catalogUser('jane', { email: 'jane@example.com', memberOf: ['rockets'] }),
  catalogGroup('rockets'),
];
const logins = {
  // when: oidc or only-guest
  oidc: (email: string) => oidc({ claims: { email } }),
  // end
  // when: google
  google: (email: string) => google({ email }),
  // end
  // when: github
  github: (email: string) => github({ email }),
  // end
};

for (const [provider, loginOf] of Object.entries(logins)) {
  describe(`companyAddress, at ${provider}`, () => {
    const company = expectSignIn(companyAddress({ domain: 'example.com' })).withCatalog(people);

    it('signs in who has the address, owning what their groups own', async () => {
      await company.given(loginOf('jane@example.com')).toOwn(['user:default/jane', 'group:default/rockets']);
    });

    it('refuses addresses that are not of the company', async () => {
      await company.given(loginOf('jane@example.com.evil.example')).toBeDenied('ERR_RESOLVER_DENIED');
    });

    it('passes on who is not in the catalog', async () => {
      await company.given(loginOf('kim@example.com')).toPass();
    });
  });
}
