import { describe, expect, it } from '@jest/globals';
import { credentialsIn } from './credentialsIn.ts';

describe('credentials in the config', () => {
  it('are recognised by the names of their keys, also where no schema marks them', () => {
    const config = {
      auth: {
        session: { secret: 's-session' },
        providers: { oidc: { development: { clientId: 'vestibule', clientSecret: 's-client' } } },
      },
      backend: { auth: { keys: [{ secret: 's-key' }], externalAccess: [{ options: { token: 's-token' } }] } },
    };
    expect(credentialsIn(config)).toEqual(['s-session', 's-client', 's-key', 's-token']);
  });

  it('are not the durations of a block that is called after tokens', () => {
    const experimentalRefreshToken = { enabled: true, tokenLifetime: '30 days', secret: 's-inside' };
    expect(credentialsIn({ auth: { experimentalRefreshToken } })).toEqual(['s-inside']);
  });

  it('are found at any depth, and not where a key is only about one', () => {
    const config = {
      session: { secret: 'one-secret' },
      providers: {
        acme: { production: { clientSecret: 'two-secret', clientId: 'portal', keys: [1, null] } },
      },
    };
    expect(credentialsIn(config)).toEqual(['one-secret', 'two-secret']);
    const about = {
      tokenEndpointAuthMethod: 'client_secret_basic',
      experimentalRefreshToken: { tokenLifetime: '30 days' },
    };
    expect(credentialsIn(about)).toEqual([]);
  });
});
