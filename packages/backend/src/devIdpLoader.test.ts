import { describe, expect, it } from '@jest/globals';
import type { BackendFeature } from '@vestibule/backend-plugin-api';
import {
  catalogClientServiceFactory,
  catalogRoutesPlugin,
  fileCatalogServiceFactory,
} from '@vestibule/plugin-catalog-client';
import { catalogLoader } from './catalogLoader.ts';
import { devIdpLoader } from './devIdpLoader.ts';

const plugin = { default: { $$type: '@backstage/BackendFeature' } as unknown as BackendFeature };
const configOf = (data: Record<string, unknown>) => ({
  has: (key: string) => key in data,
  getOptional: (key: string) => data[key],
  getOptionalBoolean: (key: string) => data[key],
});
const development = { isDevelopment: true, isProduction: false };
const production = { isDevelopment: false, isProduction: true };

describe('the loader of the development identity provider', () => {
  it('loads nothing unless devIdp.enabled is true', async () => {
    const loader = devIdpLoader(() => Promise.reject(new Error('was loaded')));
    for (const data of [{}, { 'devIdp.enabled': false }]) {
      expect(await loader.loader({ config: configOf(data), runtimeMode: production })).toEqual([]);
    }
  });

  it('brings the plugin where it is enabled', async () => {
    const config = configOf({ 'devIdp.enabled': true });
    expect(await devIdpLoader(async () => plugin).loader({ config, runtimeMode: development })).toEqual([
      plugin,
    ]);
    const [real] = (await devIdpLoader().loader({ config, runtimeMode: development })) as [typeof plugin];
    expect(real.default).toMatchObject({ $$type: '@backstage/BackendFeature' });
  });

  it('refuses it in production before anything of it is loaded', async () => {
    const loader = devIdpLoader(() => Promise.reject(new Error('was loaded')));
    const started = loader.loader({ config: configOf({ 'devIdp.enabled': true }), runtimeMode: production });
    await expect(started).rejects.toMatchObject({ code: 'ERR_DEV_IDP_IN_PRODUCTION' });
  });

  it('says when its package is not installed, and passes on any other failure', async () => {
    const missing = (name: string) =>
      Object.assign(new Error(`Cannot find package '${name}' imported from here`), {
        code: 'ERR_MODULE_NOT_FOUND',
      });
    const load = (error: Error) =>
      devIdpLoader(() => Promise.reject(error)).loader({
        config: configOf({ 'devIdp.enabled': true }),
        runtimeMode: development,
      });
    await expect(load(missing('@vestibule/dev-idp'))).rejects.toMatchObject({ code: 'ERR_DEV_IDP_MISSING' });
    // As Plug'n'Play says it, of what it needs too.
    const undeclared = (name: string, by: string) =>
      Object.assign(
        new Error(
          `${by} tried to access ${name} (a peer dependency) but it isn't provided by your application.\n\n` +
            `Required package: ${name} (via "${name}/package.json")\nRequired by: ${by}@virtual:1 (via /portal/.yarn/)\n`,
        ),
        { code: 'MODULE_NOT_FOUND' },
      );
    await expect(load(undeclared('@vestibule/dev-idp', '@vestibule/backend'))).rejects.toMatchObject({
      code: 'ERR_DEV_IDP_MISSING',
    });
    await expect(load(undeclared('oidc-provider', '@vestibule/dev-idp'))).rejects.toMatchObject({
      code: 'MODULE_NOT_FOUND',
    });
    await expect(load(missing('oidc-provider'))).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
  });
});

describe('the loader of the catalog', () => {
  it('takes the file where config names one, else the HTTP client', async () => {
    expect(await catalogLoader.loader({ config: configOf({ 'fileCatalog.path': 'x' }) })).toEqual([
      fileCatalogServiceFactory,
      catalogRoutesPlugin,
    ]);
    expect(await catalogLoader.loader({ config: configOf({}) })).toEqual([
      catalogClientServiceFactory,
      catalogRoutesPlugin,
    ]);
  });

  it('brings no routes where config says that another backend has the catalog', async () => {
    const endpoints = [{ target: 'https://a.example', plugins: ['search', 'catalog'] }];
    expect(await catalogLoader.loader({ config: configOf({ 'discovery.endpoints': endpoints }) })).toEqual([
      catalogClientServiceFactory,
    ]);
  });
});
