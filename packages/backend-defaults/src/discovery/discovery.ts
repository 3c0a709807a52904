/** `core.discovery`: where plugins are reached, as `backend.baseUrl`, `backend.listen` and `discovery` say. */
import {
  coreServices,
  createServiceFactory,
  readConfig,
  withProductionCheck,
  type Config,
  type DiscoveryService,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { httpServerServiceRef } from '../http/httpServer.ts';
import { baseUrlProblemsInProduction, baseUrlsConfigSchema, readBaseUrls } from './baseUrls.ts';
import { faultOfTarget, systemSrvLookup, urlOfTarget, type Side, type SrvLookup } from './targets.ts';

const internalTarget = targetFor('internal');
const externalTarget = targetFor('external');

/** The keys of `discovery`, and the two base URLs. @public */
export const discoveryConfigSchema = baseUrlsConfigSchema.extend({
  discovery: z
    .object({
      endpoints: z
        .array(
          z.object({
            /** `{{pluginId}}` stands for the id of the plugin. */
            target: z.union([
              externalTarget,
              z.object({ internal: internalTarget.optional(), external: externalTarget.optional() }),
            ]),
            /** `*` means every plugin. The last endpoint that names the plugin, else the last with `*`, is used. */
            plugins: z.array(z.string()),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** @public */
export const discoveryServiceFactory = createDiscoveryFactory(systemSrvLookup);

/** `lookup` is that of the system, but for tests. */
export function createDiscoveryFactory(lookup: SrvLookup) {
  return createServiceFactory({
    service: coreServices.discovery,
    deps: { config: coreServices.rootConfig, server: httpServerServiceRef },
    configSchema: withProductionCheck(discoveryConfigSchema, baseUrlProblemsInProduction),
    createRootContext({ config, server }): DiscoveryService {
      const { protocol } = new URL(server.url());
      const externalOrigin =
        readBaseUrls(config).backend ?? `${protocol}//localhost:${server.address().port}`;
      const endpoints = readEndpoints(config);
      const find = async (pluginId: string, side: Side): Promise<string | undefined> => {
        const template = endpoints[side].get(pluginId) ?? endpoints[side].get('*');
        return template === undefined ? undefined : urlOfTarget(template, pluginId, lookup);
      };
      const path = (pluginId: string) => `/api/${encodeURIComponent(pluginId)}`;
      return {
        getBaseUrl: async (pluginId) => (await find(pluginId, 'internal')) ?? server.url() + path(pluginId),
        getExternalBaseUrl: async (pluginId) =>
          (await find(pluginId, 'external')) ?? externalOrigin + path(pluginId),
      };
    },
    factory: (_deps, discovery) => discovery,
  });
}

function targetFor(side: Side) {
  return z.string().superRefine((template, context) => {
    const message = faultOfTarget(template, side);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** The templates by plugin, for calls from inside and from outside. As in Backstage, the last that names a plugin counts. */
function readEndpoints(config: Config): Record<Side, Map<string, string>> {
  const { discovery } = readConfig({ config, schema: discoveryConfigSchema, owner: 'core.discovery' });
  const templates = { internal: new Map<string, string>(), external: new Map<string, string>() };
  for (const { target, plugins } of discovery?.endpoints ?? []) {
    const { internal, external } =
      typeof target === 'string' ? { internal: target, external: target } : target;
    for (const plugin of plugins) {
      if (internal !== undefined) templates.internal.set(plugin, internal);
      if (external !== undefined) templates.external.set(plugin, external);
    }
  }
  return templates;
}
