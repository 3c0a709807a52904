/** Reads the config: files, then the environment over them. Every problem of all of them comes in one error. */
import {
  ConfigError,
  type ConfigProblem,
  type JsonObject,
  type LocatedConfig,
  type UnsetVariable,
} from '@vestibule/backend-plugin-api';
import { defaultFiles, namedFile, readYaml, type ConfigFile } from './configFiles.ts';
import { createConfigReader } from './configReader.ts';
import { merge, scalarsOf, treeOf, type ConfigNode } from './configTree.ts';
import { environmentConfig } from './environmentConfig.ts';
import { leavesGap, resolveTree } from './resolveTree.ts';
import type { ConfigReading, StandIns, UnknownInclude } from './standIns.ts';
import type { Environment } from './substitute.ts';

/** Where the config comes from. @public */
export interface ConfigSources {
  /** Files in the order of reading, later over earlier. Default: the `app-config` files of the directory. */
  files?: readonly string[] | undefined;
  /** Plain values instead of files, for tests and for programs that embed a backend. */
  data?: JsonObject | undefined;
  /** Default: the environment of the process, or with `data` an empty one. */
  environment?: Environment | undefined;
  /** Over files and environment, for tools that run a backend otherwise than it is configured. */
  overrides?: JsonObject | undefined;
  /** Instead of the environment and of the files that `$file` names, for tools that must not look at them. */
  standIns?: StandIns | undefined;
  /** Where relative file names start. Default: the working directory. */
  directory?: string | undefined;
}

/** Sources without defaults, so that this file reads neither the environment nor the working directory. */
export type CompleteSources = ConfigSources & { environment: Environment; directory: string };

/**
 * The merged config.
 *
 * @throws `ERR_CONFIG_INVALID` with all problems, and with what could be read all the same. Their codes:
 *   `ERR_CONFIG_FILE_MISSING`, `ERR_CONFIG_FILE_UNREADABLE`, `ERR_CONFIG_SYNTAX`, `ERR_CONFIG_DUPLICATE_KEY`,
 *   `ERR_CONFIG_KEY_FORBIDDEN`, `ERR_CONFIG_NOT_AN_OBJECT`, `ERR_CONFIG_INCLUDE_INVALID`, `ERR_CONFIG_INCLUDE_CYCLE`,
 *   `ERR_CONFIG_ENVIRONMENT_INVALID`.
 */
export async function loadConfig(sources: CompleteSources): Promise<LocatedConfig> {
  return (await loadTree(sources)).config;
}

/** The same, with the tree behind it. @throws What {@link loadConfig} throws. */
export async function loadTree(sources: CompleteSources): Promise<TreeReading> {
  const reading = await readSources(sources);
  const { config, problems, unread } = reading;
  if (problems.length > 0) throw new ConfigError(problems, { rest: { config, unread } });
  return reading;
}

/** What was read, as a tree too. `fallbackName` stands in messages about what comes from no file. */
export interface TreeReading extends ConfigReading {
  readonly config: LocatedConfig;
  readonly tree: ConfigNode;
  readonly fallbackName: string;
}

/** The merged config with every problem. A file or value that cannot be read does not keep the others from being read. */
export async function readSources(sources: CompleteSources): Promise<TreeReading> {
  const { data, directory, environment, standIns } = sources;
  const problems: ConfigProblem[] = [];
  const report = (problem: ConfigProblem) => problems.push(problem);
  const unread = new Set<string>();
  const unknownIncludes: UnknownInclude[] = [];
  const unset: UnsetVariable[] = [];
  const fromEnvironment = environmentConfig(environment);
  const files = data ? [] : filesOf(sources, directory, environment);
  if (!data && files.length === 0 && !fromEnvironment.tree) {
    unread.add('');
    report({
      code: 'ERR_CONFIG_FILE_MISSING',
      path: '',
      message: `there is no config: ${directory} has no app-config.yaml`,
      suggestion: 'Name a file with --config FILE, or start where app-config.yaml stands.',
    });
  }

  let tree: ConfigNode = treeOf(data ?? {});
  for (const file of files) {
    const { tree: read, problems: found } = await readYaml(file);
    problems.push(...found);
    for (const { path } of found.filter(leavesGap)) unread.add(path);
    const resolved =
      read &&
      (await resolveTree(read, file.path, {
        environment,
        directory,
        standIns,
        report,
        noteUnread: (path) => unread.add(path),
        noteUnknownInclude: (one) => unknownIncludes.push(one),
        noteUnset: (one) => unset.push(one),
      }));
    if (!resolved) continue;
    if (resolved.kind === 'map') tree = merge(tree, resolved);
    else if (resolved.kind === 'list' || resolved.value !== null) {
      report(notAnObject(file, resolved));
      unread.add('');
    }
  }
  problems.push(...fromEnvironment.problems);
  const configured = fromEnvironment.tree ? merge(tree, fromEnvironment.tree) : tree;
  const complete = sources.overrides ? merge(configured, treeOf(sources.overrides)) : configured;
  const fallbackName = files.at(-1)?.name ?? (data ? 'data' : 'environment');
  const reader = createConfigReader(complete, fallbackName);
  return {
    tree: complete,
    fallbackName,
    // Another file or the environment may have given the value.
    config: { ...reader, unsetVariables: unset.filter((one) => isAbsent(complete, one)) },
    problems,
    unread: [...unread],
    outside: [...scalarsOf(complete)].flatMap(({ path, node: { sources: given = [] } }) =>
      given.length > 0 ? [{ path, sources: given }] : [],
    ),
    unknownIncludes,
  };
}

/** Whether a key stayed without a value. A list of another file has taken the place of the whole list. */
function isAbsent(tree: ConfigNode, { path, location }: UnsetVariable): boolean {
  let node: ConfigNode | undefined = tree;
  for (const [step, index] of path.matchAll(/[^.[\]]+|\[(\d+)\]/g)) {
    if (index === undefined) {
      node = node?.kind === 'map' ? node.entries.get(step)?.value : undefined;
      continue;
    }
    const item =
      node?.kind === 'list' && node.at?.file === location?.file ? node.items[Number(index)] : undefined;
    // An item that is absent leaves no gap.
    if (!item) return false;
    node = item;
  }
  return node === undefined && !path.endsWith(']');
}

function filesOf({ files }: ConfigSources, directory: string, environment: Environment): ConfigFile[] {
  return files ? files.map((name) => namedFile(directory, name)) : defaultFiles(directory, environment);
}

function notAnObject(file: ConfigFile, { at }: ConfigNode): ConfigProblem {
  const message = `${file.name} holds no keys`;
  return { code: 'ERR_CONFIG_NOT_AN_OBJECT', path: '', message, ...(at && { location: at }) };
}
