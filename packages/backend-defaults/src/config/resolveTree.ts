/** Fills in what a file takes from elsewhere: `${A}` in texts, and `$file`, `$env` and `$include`. */
import { dirname, extname, resolve } from 'node:path';
import type { ConfigLocation, ConfigProblem, ErrorCode } from '@vestibule/backend-plugin-api';
import { fileFrom, readText, readYaml } from './configFiles.ts';
import type { ConfigNode, MapEntry, MapNode } from './configTree.ts';
import { readVariable, substitute, type Environment } from './substitute.ts';
import type { UnsetVariable } from './unsetVariables.ts';

/** What the resolving of one file needs. */
export interface ResolveContext {
  readonly environment: Environment;
  /** The working directory, for the names of included files. */
  readonly directory: string;
  /** Instead of opening what `$file` names. */
  readonly fileText: ((path: string) => string) | undefined;
  report(problem: ConfigProblem): void;
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

/** The tree of the file at `filePath` with everything filled in; values that turn out absent are left out. */
export async function resolveTree(
  tree: ConfigNode,
  filePath: string,
  context: ResolveContext,
): Promise<ConfigNode | undefined> {
  const { environment, fileText, report, noteUnset } = context;
  return resolveNode(tree, { directory: dirname(filePath), includes: [], path: '' });

  async function resolveNode(node: ConfigNode, position: Position): Promise<ConfigNode | undefined> {
    if (node.kind === 'scalar') {
      if (typeof node.value !== 'string') return node;
      const value = substitute(node.value, environment, (name) => unset(name, node.at, position));
      return value === undefined ? undefined : { ...node, value };
    }
    if (node.kind === 'list') {
      const items: ConfigNode[] = [];
      for (const [index, item] of node.items.entries()) {
        const resolved = await resolveNode(item, { ...position, path: `${position.path}[${index}]` });
        if (resolved) items.push(resolved);
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
    const target = substitute(given, environment);
    if (target === undefined) return refuse(`${key} names a variable that is not set`, at, position);

    if (key === '$env') {
      const value = readVariable(environment, target);
      if (value === undefined) unset(target, at, position);
      return value === undefined ? undefined : { kind: 'scalar', value, ...place };
    }
    if (key === '$file') {
      const path = resolve(position.directory, target);
      if (fileText) return { kind: 'scalar', value: fileText(path), ...place };
      const read = await readText(fileFrom(context.directory, path), at);
      if (!read.problem) return { kind: 'scalar', value: read.text.trimEnd(), ...place };
      report({ ...read.problem, path: position.path });
      return undefined;
    }
    return include(target, at, position);
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
    if (problems.length > 0) return undefined;

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
    if (path.includes('[')) return; // a list may be replaced as a whole by another file
    noteUnset({ name, path, ...(location && { location }) });
  }

  function refuse(
    message: string,
    location: ConfigLocation | undefined,
    { path }: Position,
    code: ErrorCode = 'ERR_CONFIG_INCLUDE_INVALID',
  ): undefined {
    report({ code, path, message: `${path || 'the config'}: ${message}`, ...(location && { location }) });
  }
}
