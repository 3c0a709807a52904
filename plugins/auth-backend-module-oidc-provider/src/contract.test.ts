/* OpenID Connect, held to what every OAuth provider must do. */
import { describe, it } from '@jest/globals';
import { describeAuthProvider, startScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { oidcProviderFactory } from './module.ts';

describeAuthProvider(
  'OpenID Connect',
  async () => {
    const idp = await startScriptedOpenIdProvider();
    const { metadataUrl, clientId, clientSecret = '' } = idp;
    return {
      factory: oidcProviderFactory,
      config: { metadataUrl, clientId, clientSecret, additionalScopes: ['offline_access'] },
      authorize: async (url) => idp.authorize(url),
      close: async () => idp.close(),
    };
  },
  { describe, it },
);
