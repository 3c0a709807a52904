import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clockServiceRef, coreServices, createBackendPlugin } from '@vestibule/backend-plugin-api';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { describeCatalogService } from '../describeCatalogService.ts';
import { catalogUser } from '../signIn/catalogEntities.ts';
import { startTestBackend } from '../startTestBackend.ts';
import { mockCredentials } from './mockCredentials.ts';
import { mockServices } from './mockServices.ts';

describeCatalogService(
  'the mock catalog',
  async (entities) => ({
    catalog: mockServices.catalog({ entities }),
    credentials: mockCredentials.service(),
  }),
  { describe, it },
);

const withToken = (authorization?: string): IncomingMessage =>
  ({ headers: { ...(authorization !== undefined && { authorization }) } }) as IncomingMessage;

describe('the mock catalog', () => {
  it('counts its calls, fails when it is told to, and can be given others', async () => {
    const catalog = mockServices.catalog({ entities: [catalogUser('jane')] });
    const options = { credentials: mockCredentials.service() };
    expect(await catalog.getEntityByRef('user:default/jane', options)).toBeDefined();
    catalog.failWith();
    await expect(catalog.getEntities({}, options)).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
    catalog.failWith(new Error('of my own'));
    await expect(catalog.getEntitiesByRefs({ entityRefs: [] }, options)).rejects.toThrow('of my own');
    catalog.recover();
    catalog.setEntities([catalogUser('sam'), catalogUser('user:acme/omar')]);
    const { items } = await catalog.queryEntities({}, options);
    expect(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      'acme/omar',
      'default/sam',
    ]);
    expect(catalog.calls.map(({ method }) => method)).toEqual([
      'getEntityByRef',
      'getEntities',
      'getEntitiesByRefs',
      'queryEntities',
    ]);
  });
});

describe('the other mocks', () => {
  it('serve config, log lines, addresses and a time that stands still', async () => {
    const config = mockServices.rootConfig({ data: { app: { baseUrl: 'http://localhost' } } });
    expect(config.getString('app.baseUrl')).toBe('http://localhost');
    expect(() => mockServices.rootConfig().getString('app.baseUrl')).toThrow("'app.baseUrl'");

    const logger = mockServices.logger();
    const error = new Error('x');
    logger.child({ plugin: 'test' }).warn('careful', { of: 'this' });
    logger.error('broken', error);
    logger.debug('detail');
    expect(logger.lines).toEqual([
      { level: 'warn', message: 'careful', meta: { plugin: 'test', of: 'this' } },
      { level: 'error', message: 'broken', meta: { error } },
      { level: 'debug', message: 'detail', meta: {} },
    ]);

    const discovery = mockServices.discovery({ baseUrl: 'http://localhost:7007' });
    expect(await discovery.getBaseUrl('catalog')).toBe('http://localhost:7007/api/catalog');
    expect(await mockServices.discovery().getExternalBaseUrl('auth')).toBe('http://localhost:0/api/auth');

    const clock = mockServices.clock(1000);
    clock.advance(500);
    expect(clock.now()).toBe(1500);
    clock.set(7);
    expect(clock.now()).toBe(7);
  });

  it('know who calls by the words of a token', async () => {
    const httpAuth = mockServices.httpAuth();
    const jane = await httpAuth.credentials(withToken(), { allow: ['user'] });
    expect(jane.principal).toEqual({ type: 'user', userEntityRef: 'user:default/jane' });
    const service = await httpAuth.credentials(withToken(mockCredentials.service.header('plugin:catalog')));
    expect(service.principal).toEqual({ type: 'service', subject: 'plugin:catalog' });
    const sam = withToken(mockCredentials.user.header('user:default/sam'));
    await expect(httpAuth.credentials(sam, { allow: ['service'] })).rejects.toMatchObject({
      code: 'ERR_PRINCIPAL_NOT_ALLOWED',
    });
    await expect(httpAuth.credentials(withToken('Bearer nonsense'))).rejects.toMatchObject({
      code: 'ERR_TOKEN_INVALID',
    });
    const strict = mockServices.httpAuth({ defaultCredentials: mockCredentials.none() });
    await expect(strict.credentials(withToken())).rejects.toMatchObject({ code: 'ERR_CREDENTIALS_MISSING' });

    const auth = mockServices.auth({ pluginId: 'auth' });
    const own = await auth.getOwnServiceCredentials();
    expect(own.principal).toEqual({ type: 'service', subject: 'plugin:auth' });
    const { token } = await auth.getPluginRequestToken({ onBehalfOf: jane, targetPluginId: 'catalog' });
    expect((await auth.authenticate(token)).principal).toEqual(jane.principal);
    expect(await auth.getLimitedUserToken(jane)).toMatchObject({
      token: 'mock-limited-user:user:default/jane',
    });

    const userInfo = mockServices.userInfo([{ userEntityRef: 'user:default/sam', ownershipEntityRefs: [] }]);
    await expect(userInfo.getUserInfo(jane)).rejects.toMatchObject({ code: 'ERR_USER_INFO_NOT_FOUND' });
    expect(await mockServices.userInfo().getUserInfo(jane)).toEqual({
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: ['user:default/jane'],
    });
  });
});

describe('a mock as a feature', () => {
  it('takes the place of the real service in a backend', async () => {
    const clock = mockServices.clock(42);
    const logger = mockServices.rootLogger();
    const plugin = createBackendPlugin({
      pluginId: 'whoami',
      register: ({ registerInit }) =>
        registerInit({
          deps: {
            router: coreServices.httpRouter,
            catalog: catalogServiceRef,
            auth: coreServices.auth,
            httpAuth: coreServices.httpAuth,
            userInfo: coreServices.userInfo,
            discovery: coreServices.discovery,
            logger: coreServices.logger,
            clock: clockServiceRef,
          },
          init({ router, catalog, auth, httpAuth, userInfo, discovery, logger, clock }) {
            router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            router.use(async (request, response) => {
              const caller = await httpAuth.credentials(request, { allow: ['user'] });
              const { items } = await catalog.getEntities(
                {},
                { credentials: await auth.getOwnServiceCredentials() },
              );
              logger.info('asked');
              response.end(
                JSON.stringify({
                  users: items.map(({ metadata }) => metadata.name),
                  owns: (await userInfo.getUserInfo(caller)).ownershipEntityRefs,
                  auth: await discovery.getBaseUrl('auth'),
                  now: clock.now(),
                }),
              );
            });
          },
        }),
    });
    await using started = await startTestBackend({
      features: [
        plugin,
        mockServices.catalog.factory({ entities: [catalogUser('sam')] }),
        mockServices.auth.factory({ pluginId: 'whoami' }),
        mockServices.httpAuth.factory(),
        mockServices.userInfo.factory(),
        mockServices.discovery.factory({ baseUrl: 'http://elsewhere' }),
        mockServices.factoryOf(clockServiceRef, clock),
        mockServices.factoryOf(coreServices.rootLogger, logger),
      ],
    });
    const answer = await (await fetch(`${started.url}/api/whoami/`)).json();
    expect(answer).toEqual({
      users: ['sam'],
      owns: ['user:default/jane'],
      auth: 'http://elsewhere/api/auth',
      now: 42,
    });
    expect(logger.lines.map(({ message }) => message)).toContain('asked');
  });
});
