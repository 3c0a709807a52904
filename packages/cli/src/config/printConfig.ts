/** `vestibule config print`: the merged config, where each value comes from, and no secret. */
import { createDefaultBackend } from '@vestibule/backend';
import { readRootConfig, redactForDisplay } from '@vestibule/backend-defaults';
import {
  ConfigError,
  coreServices,
  createServiceFactory,
  formatConfigLocation,
  formatConfigProblem,
  isLocatedConfig,
  parseConfigKey,
  type Config,
  type ConfigProblem,
  type JsonValue,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';
import { secretSchemas } from './configSchema.ts';
import { createConfigMask } from './maskConfig.ts';
import { shownTree, type ShownNode } from './shownTree.ts';
import { yamlOf } from './yamlOf.ts';

/** What to print. */
export interface PrintConfigOptions {
  readonly configFiles: readonly string[];
  readonly json: boolean;
  /** Only what is below this key, such as `auth.providers`. */
  readonly path?: string;
}

/** @returns the exit code: 1 where a part of the config cannot be read, or has no such key. */
export async function printConfig({ configFiles, json, path }: PrintConfigOptions): Promise<0 | 1> {
  const { config, problems } = await readAll(configFiles);
  const backend = createDefaultBackend({
    rootConfig: createServiceFactory({ service: coreServices.rootConfig, deps: {}, factory: () => config }),
  });
  const judgement = await backend.judge();
  const mask = createConfigMask(config, await secretSchemas(judgement, process.cwd()));
  for (const problem of problems) {
    process.stderr.write(`${mask.showText(redactForDisplay(formatConfigProblem(problem), config))}\n`);
  }
  const steps = parseConfigKey(path);
  const value = valueAt(config.getOptional(), steps);
  if (value === undefined) {
    if (path !== undefined) process.stderr.write(`The config has no ${mask.showText(path)}.\n`);
    return 1;
  }
  const tree = shownTree(value, steps, mask, (at) => originOf(config, at));
  process.stdout.write(json ? `${JSON.stringify(asJson(tree), undefined, 2)}\n` : yamlOf(tree));
  return problems.length === 0 ? 0 : 1;
}

/** What could be read, whatever could not. */
async function readAll(
  files: readonly string[],
): Promise<{ config: LocatedConfig; problems: readonly ConfigProblem[] }> {
  try {
    return { config: located(await readRootConfig(files.length > 0 ? { files } : {})), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError) || !error.rest) throw error;
    return { config: located(error.rest.config), problems: error.problems };
  }
}

function located(config: Config): LocatedConfig {
  return isLocatedConfig(config) ? config : { ...config, locate: () => undefined };
}

/** `app-config.yaml:4:12, the environment variable PORT`. */
function originOf(config: LocatedConfig, path: readonly (string | number)[]): string | undefined {
  const location = config.locate(path);
  const source = config.sourceOf?.(path);
  const place = location && formatConfigLocation(location);
  // What is set by a variable as a whole stands there and nowhere else.
  if (place?.startsWith('$')) return `the environment variable ${place.slice(1)}`;
  return [place ?? [], source ?? []].flat().join(', ') || undefined;
}

function valueAt(value: JsonValue | undefined, steps: readonly (string | number)[]): JsonValue | undefined {
  return steps.reduce<JsonValue | undefined>((within, step) => {
    if (typeof within !== 'object' || within === null || !Object.hasOwn(within, step)) return undefined;
    return (within as Record<string | number, JsonValue>)[step];
  }, value);
}

/** The values as they are, and beside them the origin of each by its key. */
function asJson(tree: ShownNode): { config: unknown; origins: Record<string, string> } {
  const origins: Record<string, string> = {};
  const plain = (node: ShownNode): unknown => {
    if (node.kind === 'list') return node.items.map(plain);
    if (node.kind === 'map')
      return Object.fromEntries(node.entries.map(([key, member]) => [key, plain(member)]));
    if (node.origin !== undefined) origins[node.key] = node.origin;
    return node.value;
  };
  return { config: plain(tree), origins };
}
