/* OpenID Connect, held to what every OAuth provider must do. */
import { describe, it } from '@jest/globals';
import { describeAuthProvider, startScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { oidcProviderFactory } from './module.ts';

describeAuthProvider(
  'OpenID Connect',
  async () => {
    const idp = await startScriptedOpenIdProvider({ algorithm: 'ES256' }); // its keys cost nothing to make
    const { metadataUrl, clientId, clientSecret = '' } = idp;
    return {
      factory: oidcProviderFactory,
      config: {
        metadataUrl,
        clientId,
        clientSecret,
        additionalScopes: ['offline_access'],
        tokenSignedResponseAlg: 'ES256',
      },
      authorize: async (url) => idp.authorize(url),
      close: async () => idp.close(),
    };
  },
  { describe, it },
);
