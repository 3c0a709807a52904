/* Acme ID, held to what every OAuth provider must do. */
import { describe, it } from '@jest/globals';
import { describeAuthProvider } from '@vestibule/backend-test-utils';
import { acmeProviderFactory } from './module.ts';
import { startAcmeId } from './testing/acmeId.ts';

describeAuthProvider(
  'Acme ID',
  async () => {
    const acme = await startAcmeId();
    const { baseUrl, clientId, clientSecret } = acme;
    return {
      factory: acmeProviderFactory,
      config: { baseUrl, clientId, clientSecret },
      close: async () => acme.close(),
    };
  },
  { describe, it, lacks: ['revocation'] },
);
