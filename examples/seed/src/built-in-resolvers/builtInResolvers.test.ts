import { fileURLToPath } from 'node:url';
import { afterEach, describe, it } from '@jest/globals';
import { createRootConfigFactory } from '@vestibule/backend-defaults';
import { expectIdentity, expectRefusal } from '../testing/expectations.ts';
import { clientSecret, startSample, user, users, type Sample } from '../testing/sample.ts';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import annotation from './annotation.ts';
import localPart from './localPart.ts';

let sample: Sample | undefined;
afterEach(async () => sample?.stop());

const jane = ['user:default/jane', ['user:default/jane', 'group:default/team-a']] as const;

describe('the built-in resolvers as a router', () => {
  it('emailLocalPartMatchingUserEntityName takes the name from the address, of the allowed domains only', async () => {
    sample = await startSample({ createPlugin: localPart });
    expectIdentity(await sample.signIn('jane'), jane[0], [...jane[1]]);
    expectRefusal(await sample.signIn('kim'), 'ERR_GATE_DOMAIN');
    expectRefusal(await sample.signIn('omar'), 'ERR_RESOLVER_NO_MATCH');
    expectRefusal(await sample.signIn('sam'), 'ERR_EMAIL_NOT_VERIFIED');
  });

  it('emailMatchingUserEntityAnnotation finds the user with the annotation google.com/email', async () => {
    sample = await startSample({ createPlugin: annotation });
    expectIdentity(await sample.signIn('jane'), jane[0], [...jane[1]]);
    expectRefusal(await sample.signIn('kim'), 'ERR_RESOLVER_NO_MATCH');
    expectRefusal(await sample.signIn('sam'), 'ERR_EMAIL_NOT_VERIFIED');
  });
});

describe('the built-in resolvers as app-config.yaml names them', () => {
  it('are asked one after the other', async () => {
    const config = createRootConfigFactory({
      files: [fileURLToPath(new URL('app-config.yaml', import.meta.url))],
      environment: {
        AUTH_SESSION_SECRET: 'a-session-secret-for-the-samples',
        AUTH_GOOGLE_CLIENT_ID: 'vestibule',
        AUTH_GOOGLE_CLIENT_SECRET: clientSecret,
        APP_CONFIG_backend_listen: JSON.stringify({ host: '127.0.0.1', port: 0 }),
      },
    });
    sample = await startSample({
      features: [config],
      catalog: createInMemoryCatalog([...users, user('omar')]),
    });
    expectIdentity(await sample.signIn('jane'), jane[0], [...jane[1]]);
    expectIdentity(await sample.signIn('omar'), 'user:default/omar', [
      'user:default/omar',
      'group:default/team-a',
    ]);
    expectRefusal(await sample.signIn('kim'), 'ERR_GATE_DOMAIN');
    expectRefusal(await sample.signIn('sam'), 'ERR_EMAIL_NOT_VERIFIED');
  });
});
