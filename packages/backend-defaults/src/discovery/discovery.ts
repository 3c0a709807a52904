/** `core.discovery`: where plugins are reached, as `backend.baseUrl`, `backend.listen` and `discovery` say. */
import {
  ConfigError,
  coreServices,
  createServiceFactory,
  isLocatedConfig,
  readConfig,
  withProductionCheck,
  type Config,
  type DiscoveryService,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { httpServerServiceRef } from '../http/httpServer.ts';
import { baseUrlProblemsInProduction, baseUrlsConfigSchema, readBaseUrls } from './baseUrls.ts';

/** The keys of `discovery`, and the two base URLs. @public */
export const discoveryConfigSchema = baseUrlsConfigSchema.extend({
  discovery: z
    .object({
      endpoints: z
        .array(
          z.object({
            /** `{{pluginId}}` stands for the id of the plugin. */
            target: z.union([
              z.string(),
              z.object({ internal: z.string().optional(), external: z.string().optional() }),
            ]),
            /** `*` means every plugin. The first endpoint that names the plugin, else the first with `*`, is used. */
            plugins: z.array(z.string()),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** @public */
export const discoveryServiceFactory = createServiceFactory({
  service: coreServices.discovery,
  deps: { config: coreServices.rootConfig, server: httpServerServiceRef },
  configSchema: withProductionCheck(discoveryConfigSchema, baseUrlProblemsInProduction),
  createRootContext({ config, server }): DiscoveryService {
    const { protocol } = new URL(server.url());
    const externalOrigin = readBaseUrls(config).backend ?? `${protocol}//localhost:${server.address().port}`;
    const endpoints = readEndpoints(config);
    const find = (pluginId: string, side: 'internal' | 'external'): string | undefined => {
      const template = endpoints[side].get(pluginId) ?? endpoints[side].get('*');
      return template?.replaceAll(placeholder, encodeURIComponent(pluginId));
    };
    const path = (pluginId: string) => `/api/${encodeURIComponent(pluginId)}`;
    return {
      getBaseUrl: async (pluginId) => find(pluginId, 'internal') ?? server.url() + path(pluginId),
      getExternalBaseUrl: async (pluginId) => find(pluginId, 'external') ?? externalOrigin + path(pluginId),
    };
  },
  factory: (_deps, discovery) => discovery,
});

const placeholder = /\{\{\s*pluginId\s*\}\}/g;

type Side = 'internal' | 'external';

/** The templates by plugin, for calls from inside and from outside. The first that names a plugin counts. */
function readEndpoints(config: Config): Record<Side, Map<string, string>> {
  const { discovery } = readConfig({ config, schema: discoveryConfigSchema, owner: 'core.discovery' });
  const templates = { internal: new Map<string, string>(), external: new Map<string, string>() };
  const problems = [];
  for (const [index, { target, plugins }] of (discovery?.endpoints ?? []).entries()) {
    const sides = typeof target === 'string' ? { internal: target, external: target } : target;
    for (const side of ['internal', 'external'] as const) {
      const template = sides[side];
      if (template === undefined) continue;
      const reason = faultOf(template);
      if (reason !== undefined) {
        const path = [
          'discovery',
          'endpoints',
          index,
          'target',
          ...(typeof target === 'string' ? [] : [side]),
        ];
        const location = isLocatedConfig(config) ? config.locate(path) : undefined;
        const name = `discovery.endpoints[${index}].target${typeof target === 'string' ? '' : `.${side}`}`;
        problems.push({
          code: 'ERR_DISCOVERY_TARGET_INVALID',
          path: name,
          message: `${name} ${reason}: '${template}'`,
          ...(location && { location }),
        } as const);
        if (typeof target === 'string') break;
        continue;
      }
      for (const plugin of plugins) {
        if (!templates[side].has(plugin)) templates[side].set(plugin, template.replace(/\/+$/, ''));
      }
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return templates;
}

function faultOf(template: string): string | undefined {
  if (/^https?\+srv:/i.test(template)) {
    return 'looks its host up as an SRV record, which is not offered; name host and port';
  }
  const example = template.replaceAll(placeholder, 'example');
  const isUrl = URL.canParse(example) && ['http:', 'https:'].includes(new URL(example).protocol);
  return isUrl ? undefined : 'is not an http or https URL';
}
