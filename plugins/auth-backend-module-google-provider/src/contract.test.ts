/* Google, held to what every OAuth provider must do. */
import { describe, it } from '@jest/globals';
import { describeAuthProvider } from '@vestibule/backend-test-utils';
import { startEmulatedGoogle } from '@vestibule/emulated-vendors';
import { createGoogleProviderFactory } from './module.ts';
import { client, endpointsOf } from './testing/signIn.ts';

describeAuthProvider(
  'Google',
  async () => {
    const redirectUris = ['http://localhost:7007/api/auth/provider-under-test/handler/frame'];
    const google = await startEmulatedGoogle({ clients: [{ ...client, redirectUris }] });
    return {
      factory: createGoogleProviderFactory({ endpoints: endpointsOf(google) }),
      config: client,
      authorize: async (url) => new URL(await google.authorize(url, { as: 'jane' })),
      close: async () => google.stop(),
    };
  },
  { describe, it },
);
