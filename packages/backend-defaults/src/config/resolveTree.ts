/** Fills in what a file takes from elsewhere: `${A}` in texts, and `$file`, `$env` and `$include`. */
import { dirname, extname, resolve } from 'node:path';
import type { ConfigLocation, ConfigProblem, ErrorCode, UnsetVariable } from '@vestibule/backend-plugin-api';
import { fileFrom, lookAtFile, readText, readYaml, type ConfigFile } from './configFiles.ts';
import type { ConfigNode, MapEntry, MapNode, ScalarNode, ValueSource } from './configTree.ts';
import type { StandIns, UnknownInclude } from './standIns.ts';
import { readVariable, substitute, type Environment } from './substitute.ts';

/** What the resolving of one file needs. */
export interface ResolveContext {
  readonly environment: Environment;
  /** The working directory, for the names of included files. */
  readonly directory: string;
  /** Instead of reading variables, and of opening what `$file` names. */
  readonly standIns: StandIns | undefined;
  report(problem: ConfigProblem): void;
  /** Told of every key whose value could not be read. */
  noteUnread(path: string): void;
  /** Told of every `$include` and `$file` whose file only the environment knows. */
  noteUnknownInclude(include: UnknownInclude): void;
  /** Told of every value that is absent because a variable is not set. */
  noteUnset(unset: UnsetVariable): void;
}

interface Position {
  /** Where relative paths start. */
  readonly directory: string;
  /** The includes that led here. */
  readonly includes: readonly string[];
  readonly path: string;
}

const includeKeys = ['$file', '$env', '$include'];
const includableExtensions = ['.yaml', '.yml', '.json'];
// In place of what a file should have given, so that nothing seems to be missing in addition: a URL is text and a URL.
const textOfMissingFile = 'https://file.invalid/';

/**
 * The tree of the file at `filePath` with everything filled in; values that turn out absent are left out. After a fault it
 * goes on: what cannot be read is reported, and left out or stood in for.
 */
export async function resolveTree(
  tree: ConfigNode,
  filePath: string,
  context: ResolveContext,
): Promise<ConfigNode | undefined> {
  const { environment, standIns, report, noteUnset } = context;
  const gaps = new Set<string>();
  return resolveNode(tree, { directory: dirname(filePath), includes: [], path: '' });

  async function resolveNode(node: ConfigNode, position: Position): Promise<ConfigNode | undefined> {
    if (node.kind === 'scalar') {
      if (typeof node.value !== 'string') return node;
      const { value, sources } = filledIn(node.value, (name) => unset(name, node.at, position));
      return value === undefined ? undefined : { ...node, value, ...(sources.length > 0 && { sources }) };
    }
    if (node.kind === 'list') {
      const items: ConfigNode[] = [];
      for (const item of node.items) {
        const path = `${position.path}[${items.length}]`;
        const resolved = await resolveNode(item, { ...position, path });
        if (resolved) items.push(resolved);
        // The items after it keep their numbers.
        else if (gaps.has(path)) items.push({ kind: 'scalar', value: null });
      }
      return { ...node, items };
    }
    const includeKey = includeKeys.find((key) => node.entries.has(key));
    if (includeKey) return resolveInclude(node, includeKey, position);
    const entries = new Map<string, MapEntry>();
    for (const [key, entry] of node.entries) {
      const path = position.path === '' ? key : `${position.path}.${key}`;
      const value = await resolveNode(entry.value, { ...position, path });
      if (value) entries.set(key, { ...entry, value });
    }
    return { ...node, entries };
  }

  async function resolveInclude(
    node: MapNode,
    key: string,
    position: Position,
  ): Promise<ConfigNode | undefined> {
    const entry = node.entries.get(key);
    const at = entry?.keyAt ?? node.at;
    const place = at && { at };
    if (node.entries.size !== 1) return refuse(`${key} must be the only key beside it`, at, position);
    const given = entry?.value.kind === 'scalar' ? entry.value.value : undefined;
    if (typeof given !== 'string') return refuse(`${key} must be followed by text`, at, position);
    const { value: target, sources } = filledIn(given);
    if (target === undefined) return refuse(`${key} names a variable that is not set`, at, position);

    const isUnknown = standIns !== undefined && sources.length > 0;
    if (isUnknown) {
      const variables = sources.map(({ name }) => name);
      context.noteUnknownInclude({
        name: given,
        path: position.path,
        variables,
        ...(at && { location: at }),
      });
    }
    if (key === '$env') {
      const value = variable(target, false);
      if (value === undefined) unset(target, at, position);
      return value === undefined
        ? undefined
        : { kind: 'scalar', value, ...place, sources: [{ kind: 'variable', name: target }] };
    }
    if (key === '$file') {
      const file = fileFrom(context.directory, resolve(position.directory, target));
      const source: ValueSource = { kind: 'file', name: isUnknown ? given : file.name };
      const value = await textOf(file, at, position, isUnknown ? given : undefined);
      return { kind: 'scalar', value, ...place, sources: [source] } satisfies ScalarNode;
    }
    if (!isUnknown) return include(target, at, position);
    noteUnread(position.path);
    return undefined;
  }

  /** The text of a file. `unknown`: the name as it is written, where only the environment knows which file that is. */
  async function textOf(
    file: ConfigFile,
    at: ConfigLocation | undefined,
    { path }: Position,
    unknown: string | undefined,
  ): Promise<string> {
    if (standIns && unknown !== undefined) return standIns.file(unknown);
    const read = standIns ? { problem: await lookAtFile(file, at) } : await readText(file, at);
    if (read.problem) {
      report({ ...read.problem, path });
      noteUnread(path);
    }
    return standIns?.file(file.name) ?? ('text' in read ? read.text.trimEnd() : textOfMissingFile);
  }

  /** A text with its variables filled in, and which they were. */
  function filledIn(
    text: string,
    onUnset?: (name: string) => void,
  ): { value: string | undefined; sources: ValueSource[] } {
    const sources: ValueSource[] = [];
    const value = substitute(
      text,
      (name, hasDefault) => {
        const found = variable(name, hasDefault);
        if (found !== undefined) sources.push({ kind: 'variable', name });
        return found;
      },
      onUnset,
    );
    return { value, sources };
  }

  function noteUnread(path: string): void {
    gaps.add(path);
    context.noteUnread(path);
  }

  /** One that has a default keeps it, where nothing is read of the environment. */
  function variable(name: string, hasDefault: boolean): string | undefined {
    if (!standIns) return readVariable(environment, name);
    return hasDefault ? undefined : standIns.variable(name);
  }

  async function include(
    target: string,
    at: ConfigLocation | undefined,
    position: Position,
  ): Promise<ConfigNode | undefined> {
    const [name = '', ...rest] = target.split('#');
    const keys = rest.join('#').split('.').filter(Boolean);
    const file = fileFrom(context.directory, resolve(position.directory, name));
    if (!includableExtensions.includes(extname(file.path))) {
      return refuse(`$include takes .yaml, .yml and .json files, not ${file.name}`, at, position);
    }
    const step = [file.name, ...keys].join('#');
    const { includes } = position;
    if (includes.includes(step)) {
      const circle = [...includes.slice(includes.indexOf(step)), step].join(' -> ');
      return refuse(`$include goes in a circle: ${circle}`, at, position, 'ERR_CONFIG_INCLUDE_CYCLE');
    }
    const { tree: included, problems } = await readYaml(file, at);
    for (const problem of problems) report({ ...problem, path: position.path });
    if (problems.some(leavesGap)) noteUnread(position.path);
    if (problems.length > 0 && !included) return undefined;

    let value = included;
    for (const [index, key] of keys.entries()) {
      if (value?.kind !== 'map') {
        const within = keys.slice(0, index).join('.') || 'the whole';
        return refuse(`$include finds no object at ${within} of ${file.name}`, at, position);
      }
      value = value.entries.get(key)?.value;
    }
    const next = { ...position, directory: dirname(file.path), includes: [...includes, step] };
    return value && resolveNode(value, next);
  }

  function unset(name: string, location: ConfigLocation | undefined, { path }: Position): void {
    noteUnset({ name, path, ...(location && { location }) });
  }

  function refuse(
    message: string,
    location: ConfigLocation | undefined,
    { path }: Position,
    code: ErrorCode = 'ERR_CONFIG_INCLUDE_INVALID',
  ): undefined {
    report({ code, path, message: `${path || 'the config'}: ${message}`, ...(location && { location }) });
    noteUnread(path);
  }
}

/** Whether a value is not there for a problem. Of two with one key the first is kept. */
export function leavesGap({ code }: ConfigProblem): boolean {
  return code !== 'ERR_CONFIG_DUPLICATE_KEY' && code !== 'ERR_CONFIG_KEY_FORBIDDEN';
}
