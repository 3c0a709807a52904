/** The settings of the boot itself, read from config: deadlines, and which failures the backend may start with. */
import { durationToMilliseconds, type Config, type ConfigSchema } from '@vestibule/backend-plugin-api';
import type { Owner } from '../features/owner.ts';

/** How the boot behaves. */
export interface BootSettings {
  readonly startupTimeoutMilliseconds: number;
  readonly shutdownTimeoutMilliseconds: number;
  /** How long the listener goes on serving once shutdown has begun; hooks before shutdown have that much longer. */
  readonly shutdownDelayMilliseconds: number;
  /** Whether the backend may start although this plugin or module failed. */
  isFailureAllowed(owner: Owner): boolean;
}

/** What holds until config says otherwise. */
export const defaultTimeouts = { startupTimeoutMilliseconds: 30_000, shutdownTimeoutMilliseconds: 15_000 };

/** Reads the settings; whatever is absent keeps its default. */
export function readBootSettings(
  config: Config | undefined,
  defaults: Pick<BootSettings, 'startupTimeoutMilliseconds' | 'shutdownTimeoutMilliseconds'>,
): BootSettings {
  const startup = config?.getOptional<unknown>('backend.startup');
  return {
    startupTimeoutMilliseconds: duration(member(startup, 'timeout')) ?? defaults.startupTimeoutMilliseconds,
    shutdownTimeoutMilliseconds:
      duration(config?.getOptional<unknown>('backend.lifecycle.shutdownTimeout')) ??
      defaults.shutdownTimeoutMilliseconds,
    shutdownDelayMilliseconds: delay(config?.getOptional<unknown>('backend.lifecycle.serverShutdownDelay')),
    isFailureAllowed({ pluginId, moduleId }) {
      const plugin = member(member(startup, 'plugins'), pluginId);
      const key = moduleId === undefined ? 'onPluginBootFailure' : 'onPluginModuleBootFailure';
      const own = member(moduleId === undefined ? plugin : member(member(plugin, 'modules'), moduleId), key);
      return (own ?? member(member(startup, 'default'), key)) === 'continue';
    },
  };
}

// A timer of Node's that is longer ends at once.
const longestTimer = 2 ** 31 - 1;

const policy = { enum: ['abort', 'continue'] };
const durationSchema = {
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string' },
    {
      type: 'object',
      properties: Object.fromEntries(
        ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'].map((unit) => [
          unit,
          { anyOf: [{ type: 'number', minimum: 0 }, { type: 'string' }] },
        ]),
      ),
    },
  ],
};

/** The keys that the boot reads, for the config checker. @public */
export const bootConfigSchema: ConfigSchema = {
  '~standard': {
    version: 1,
    vendor: 'vestibule',
    validate(config) {
      const issues: { message: string; path: string[] }[] = [];
      for (const path of [
        ['backend', 'startup', 'timeout'],
        ['backend', 'lifecycle', 'shutdownTimeout'],
      ]) {
        const value = path.reduce(member, config);
        if (value !== undefined && duration(value) === undefined) {
          issues.push({ message: 'is not a duration such as 30 (seconds), 30s or { seconds: 30 }', path });
        }
      }
      for (const path of policyPaths(config)) {
        const value = path.reduce(member, config);
        if (value === undefined || value === 'abort' || value === 'continue') continue;
        issues.push({ message: "is neither 'abort' nor 'continue'", path });
      }
      return issues.length === 0 ? { value: config } : { issues };
    },
    jsonSchema: {
      input: () => ({
        type: 'object',
        properties: {
          backend: {
            type: 'object',
            properties: {
              startup: {
                type: 'object',
                properties: {
                  timeout: durationSchema,
                  default: {
                    type: 'object',
                    properties: { onPluginBootFailure: policy, onPluginModuleBootFailure: policy },
                  },
                  plugins: {
                    type: 'object',
                    additionalProperties: {
                      type: 'object',
                      properties: {
                        onPluginBootFailure: policy,
                        modules: {
                          type: 'object',
                          additionalProperties: {
                            type: 'object',
                            properties: { onPluginModuleBootFailure: policy },
                          },
                        },
                      },
                    },
                  },
                },
              },
              lifecycle: {
                type: 'object',
                // The delay is the listener's, which says what it may be.
                properties: { shutdownTimeout: durationSchema, serverShutdownDelay: {} },
              },
            },
          },
        },
      }),
    },
  },
};

function policyPaths(config: unknown): string[][] {
  const startup = ['backend', 'startup'];
  const paths = [
    [...startup, 'default', 'onPluginBootFailure'],
    [...startup, 'default', 'onPluginModuleBootFailure'],
  ];
  const plugins = member(startup.reduce(member, config), 'plugins');
  for (const pluginId of keysOf(plugins)) {
    const plugin = [...startup, 'plugins', pluginId];
    paths.push([...plugin, 'onPluginBootFailure']);
    for (const moduleId of keysOf(member(member(plugins, pluginId), 'modules'))) {
      paths.push([...plugin, 'modules', moduleId, 'onPluginModuleBootFailure']);
    }
  }
  return paths;
}

/** A bare number counts as seconds. None is no deadline: nothing would ever be in time. */
function duration(value: unknown): number | undefined {
  const milliseconds = durationToMilliseconds(value, { bareNumber: 'seconds' });
  return milliseconds === undefined || milliseconds === 0 ? undefined : Math.min(milliseconds, longestTimer);
}

/** The listener's own key, where a bare number counts as milliseconds; what is no duration is reported by its schema. */
function delay(value: unknown): number {
  return Math.min(durationToMilliseconds(value, { bareNumber: 'milliseconds' }) ?? 0, longestTimer);
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
