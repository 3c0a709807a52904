/** The service `vestibule.auth.providers`: builds what the config names, of the types that modules and services bring. */
import {
  addedPartsServiceRef,
  clockServiceRef,
  configProblemLine,
  coreServices,
  foreignCodeServiceRef,
  runtimeModeServiceRef,
} from '@vestibule/backend-plugin-api';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { authProviderServiceRef } from '@vestibule/plugin-auth-node';
import { internalService } from '../internalService.ts';
import { authSettingsServiceRef } from '../settings.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { buildProviders } from './buildProviders.ts';
import { catalogPlaceOf, type CatalogPlace } from './catalogPlace.ts';
import type { ProviderType, ProviderTypes } from './providerTypes.ts';
import type { ProviderEntry } from './signInProvider.ts';

/** What modules have added, and where sign-ins may end. */
export type ProviderMaterial = Pick<
  ProviderBuildContext,
  'resolvers' | 'transforms' | 'appUrl' | 'isOriginAllowed'
> & { readonly types: ProviderTypes };

/** What came of the config. */
export interface BuiltProviders {
  /** By id, in the order of the config. */
  readonly providers: ReadonlyMap<string, ProviderEntry>;
  readonly catalog: CatalogPlace;
  /** The types that there are, whether the config names them or not. */
  readonly types: ReadonlyMap<string, ProviderType>;
}

/** Builds the providers. */
export interface ConfiguredProviders {
  /** Tells of what was added for a provider that is not there. Throws as `buildProviders`. */
  build(material: ProviderMaterial): BuiltProviders;
}

/** Within sign-in. */
export const configuredProvidersServiceRef = internalService({
  id: 'vestibule.auth.providers',
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.logger,
    lifecycle: coreServices.lifecycle,
    discovery: coreServices.discovery,
    settings: authSettingsServiceRef,
    providerServices: authProviderServiceRef,
    runtimeMode: runtimeModeServiceRef,
    foreignCode: foreignCodeServiceRef,
    clock: clockServiceRef,
    addedParts: addedPartsServiceRef,
  },
  async factory({
    lifecycle,
    discovery,
    settings,
    providerServices,
    addedParts,
    ...deps
  }): Promise<ConfiguredProviders> {
    const { logger, config } = deps;
    const catalog = catalogPlaceOf(config, addedParts.isAdded);
    const baseUrl = await discovery.getExternalBaseUrl('auth');
    const http = createOutboundHttp();
    lifecycle.addShutdownHook(async () => http.close());
    return {
      build({ types, ...material }) {
        types.addServices(providerServices);
        const installed = types.all();
        const providers = buildProviders(installed, {
          ...deps,
          ...material,
          warn: (warning) => logger.warn(configProblemLine(warning)),
          tell: (summary) => logger.info(summary),
          catalog,
          http,
          baseUrl,
          allowAnyProviderResolvers: settings.signIn?.allowAnyProviderResolvers ?? false,
          allow: settings.allow,
        });
        const known = [...new Set([...installed.keys(), ...providers.keys()])];
        const { resolvers, transforms } = material;
        const unused = [resolvers, transforms].flatMap((registry) => registry.unused(known));
        for (const warning of unused) logger.warn(warning);
        return { providers, types: installed, catalog };
      },
    };
  },
});
