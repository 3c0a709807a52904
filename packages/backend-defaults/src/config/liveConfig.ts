/**
 * The config of a process that lives on: it can be read again. What somebody follows changes, so that secrets of files are
 * replaced without a restart; everything else stays as it was at the start, and is told apart.
 */
import { isDeepStrictEqual } from 'node:util';
import { resolve } from 'node:path';
import {
  formatConfigPath,
  type ConfigProblem,
  type FollowedConfig,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';
import { createConfigReader } from './configReader.ts';
import { nodeAt, replaceAt, scalarsOf, valueOf, type ConfigNode } from './configTree.ts';
import { loadTree, readSources, type CompleteSources } from './loadConfig.ts';

/** What came of reading again. Keys as in errors; never a value. */
export interface ConfigReload {
  /** With a problem nothing has changed. */
  readonly problems: readonly ConfigProblem[];
  /** What changed, and is followed. */
  readonly applied: readonly string[];
  /** What changed and takes effect at the next start. */
  readonly atNextStart: readonly string[];
}

/** Config that can be read again. */
export interface LiveConfig extends LocatedConfig, FollowedConfig {
  subscribe(onChange: () => void): { unsubscribe: () => void };
  noteFollowed(path: string): void;
  /** The files that `$file` names, as absolute paths. */
  filesOfValues(): string[];
  /** Reads everything again. Calls run one after the other. */
  reload(): Promise<ConfigReload>;
}

/** Whether a config can be read again. */
export function isLiveConfig(config: object): config is LiveConfig {
  return typeof (config as Partial<LiveConfig>).reload === 'function';
}

/** @throws What `loadConfig` throws. */
export async function createLiveConfig(sources: CompleteSources): Promise<LiveConfig> {
  const initial = await loadTree(sources);
  /** As the files say, and as it is served. */
  let read = initial.tree;
  let served = initial.tree;
  let reader = initial.config;
  const followed = new Set<string>();
  const subscribers = new Set<() => void>();
  let last: Promise<unknown> = Promise.resolve();

  async function readAgain(): Promise<ConfigReload> {
    const next = await readSources(sources);
    if (next.problems.length > 0) return { problems: next.problems, applied: [], atNextStart: [] };
    const applied = [...followed].filter((path) => isChanged(path.split('.'), read, next.tree));
    const atNextStart = changedKeys(read, next.tree).filter(
      (key) => !applied.some((path) => isBelow(key, path)),
    );
    read = next.tree;
    for (const path of applied) served = replaceAt(served, path.split('.'), nodeAt(read, path.split('.')));
    if (applied.length > 0) {
      reader = { ...reader, ...createConfigReader(served, initial.fallbackName) };
      for (const subscriber of subscribers) subscriber();
    }
    return { problems: [], applied, atNextStart };
  }

  return {
    ...delegateTo(() => reader),
    ...(initial.config.unsetVariables && { unsetVariables: initial.config.unsetVariables }),
    subscribe(onChange) {
      subscribers.add(onChange);
      return { unsubscribe: () => void subscribers.delete(onChange) };
    },
    noteFollowed: (path) => void followed.add(path),
    filesOfValues: () => [
      ...new Set(
        [...scalarsOf(read)].flatMap(({ node: { sources: given = [] } }) =>
          given.filter(({ kind }) => kind === 'file').map(({ name }) => resolve(sources.directory, name)),
        ),
      ),
    ],
    async reload() {
      const reading = last.then(readAgain);
      last = reading.catch(() => undefined);
      return reading;
    },
  };
}

/** The same reader, whichever it is by then. */
function delegateTo(current: () => LocatedConfig): LocatedConfig {
  const methods = Object.entries(current()).filter(([, member]) => typeof member === 'function');
  return Object.fromEntries(
    methods.map(([name]) => [
      name,
      (...given: unknown[]) =>
        (current() as unknown as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given),
    ]),
  ) as unknown as LocatedConfig;
}

function isChanged(path: readonly string[], before: ConfigNode, after: ConfigNode): boolean {
  const [old, now] = [nodeAt(before, path), nodeAt(after, path)];
  return !isDeepStrictEqual(old && valueOf(old), now && valueOf(now));
}

/** The keys of all values that are other, or there only before or after. */
function changedKeys(before: ConfigNode, after: ConfigNode): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
}

function valuesOf(tree: ConfigNode): Map<string, unknown> {
  return new Map([...scalarsOf(tree)].map(({ path, node }) => [formatConfigPath(path), node.value]));
}

function isBelow(key: string, path: string): boolean {
  return key === path || key.startsWith(`${path}.`) || key.startsWith(`${path}[`);
}
