/* GitHub, held to what every OAuth provider must do: with tokens that last, and with tokens that expire. */
import { describe, it } from '@jest/globals';
import { describeAuthProvider } from '@vestibule/backend-test-utils';
import { githubProviderFactory } from './module.ts';
import { clientId, clientSecret, startScriptedGitHub } from './testing/scriptedGitHub.ts';

for (const expiring of [false, true]) {
  describeAuthProvider(
    expiring ? 'GitHub with tokens that expire' : 'GitHub with tokens that last',
    async () => {
      const gitHub = await startScriptedGitHub();
      gitHub.expiring = expiring;
      return {
        factory: githubProviderFactory,
        config: {
          clientId,
          clientSecret,
          enterpriseInstanceUrl: gitHub.url,
          additionalScopes: 'user:email',
        },
        close: async () => gitHub.close(),
      };
    },
    { describe, it },
  );
}
