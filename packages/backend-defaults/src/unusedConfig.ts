/**
 * Keys that Backstage's backend reads and this one does not. They may stand in a config, so that an existing one can be
 * used as it is, and are named once at start, so that nobody waits for their effect. So are values without effect because
 * the environment lacks the variable that should give them.
 */
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  formatConfigLocation,
  isLocatedConfig,
  isObject,
  type Config,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';

/** The keys, with what to know about each. @public */
export const unusedConfigKeys: Readonly<Record<string, string>> = {
  'backend.actions': 'actions are not offered',
  'backend.auditor': 'audit events are not offered',
  'backend.cache': 'hosted provider modules are given a cache in memory',
  'backend.metrics': 'metrics are not offered',
  'backend.packages': 'features are added in code, not discovered',
  'backend.rateLimit.passOnStoreError': 'the counters are in memory and cannot fail',
  'backend.rateLimit.store': 'the counters are in memory, for each process its own',
  'backend.reading': 'URL readers are not offered',
  'backend.tracing': 'tracing is not offered',
  'backend.workingDirectory': 'nothing is written there',
};

const unused = z.unknown().optional();

/** Makes the keys known to the check of the config. @public */
export const unusedConfigSchema = z.object({
  backend: z
    .object({
      actions: unused,
      auditor: unused,
      cache: unused,
      metrics: unused,
      packages: unused,
      reading: unused,
      tracing: unused,
      workingDirectory: unused,
    })
    .optional(),
});

/** Names the keys without effect, once for the backend. @public */
export const unusedConfigServiceRef = createServiceRef<{ readonly keys: readonly string[] }>({
  id: 'vestibule.unusedConfig',
  scope: 'root',
});

/** @public */
export const unusedConfigServiceFactory = createServiceFactory({
  service: unusedConfigServiceRef,
  deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger },
  configSchema: unusedConfigSchema,
  factory({ config, logger }) {
    for (const warning of unsetVariableWarnings(config)) logger.warn(warning);
    const keys = Object.keys(unusedConfigKeys).filter((key) => isSet(config.getOptional(), key.split('.')));
    if (keys.length > 0) {
      const list = keys.map((key) => `${key} (${unusedConfigKeys[key]})`).join(', ');
      logger.warn(`The config has keys without effect here: ${list}`);
    }
    return { keys };
  },
});

/** Looks without the getters: they throw where a parent is no object, as in `rateLimit: true`. */
function isSet(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined;
  return isObject(value) && isSet(value[key], rest);
}

// Values elsewhere belong to others, who may well do without.
const ourRoots = /^(?:app|auth|backend|discovery)\./;

/** A sentence for each variable that leaves a value of ours absent. */
export function unsetVariableWarnings(config: Config): string[] {
  const unsetVariables = isLocatedConfig(config) ? config.unsetVariables : undefined;
  return (unsetVariables ?? [])
    .filter(({ path }) => ourRoots.test(path))
    .map(({ name, path, location }) => {
      const place = location ? ` (${formatConfigLocation(location)})` : '';
      return `${path}${place} has no value: the environment variable ${name} is not set`;
    });
}
