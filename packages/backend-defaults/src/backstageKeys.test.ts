/** What Backstage's packages document under `app` and `backend` is nobody else's key: it is honoured, or without effect. */
import { expect, it } from '@jest/globals';
import { bootConfigSchema } from '@vestibule/backend-core';
import { checkConfig } from '@vestibule/backend-plugin-api';
import { createConfig } from './config/createConfig.ts';
import { defaultServiceFactories } from './createBackend.ts';

const schemas = [
  { schema: bootConfigSchema, owner: 'the backend' },
  ...defaultServiceFactories.flatMap(({ configSchema }) =>
    configSchema ? [{ schema: configSchema, owner: 'a service' }] : [],
  ),
];
const keys =
  'actions auditor auth baseUrl cache cors csp database health https lifecycle listen logger metrics packages rateLimit reading ' +
  'referrer server startup tracing trustProxy workingDirectory';

it.each(keys.split(' '))('backend.%s is known', (key) => {
  const { warnings } = checkConfig({ config: createConfig({ backend: { [key]: {} } }), schemas });
  expect(warnings).toEqual([]);
});

it('what the front end and its plugin read under app is left to them', () => {
  const app = {
    packageName: 'app',
    publicConfig: {},
    support: {},
    extensions: [],
    disableStaticFallbackCache: true,
  };
  expect(checkConfig({ config: createConfig({ app }), schemas })).toEqual({ problems: [], warnings: [] });
});

it('a key of a plugin of the installation is a warning', () => {
  const config = createConfig({ backend: { request: { bodyLimit: '10mb' } } });
  expect(checkConfig({ config, schemas }).warnings.map(({ path }) => path)).toEqual(['backend.request']);
});
