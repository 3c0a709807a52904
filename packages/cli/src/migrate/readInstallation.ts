/**
 * Reads the config of an installation without its environment. A variable or a `$file` that gives a value is filled in by
 * a stand-in, so that no secret is ever read, the report is the same on every machine, and whatever is found wrong with a
 * stand-in can be told from a fault.
 */
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readRootConfig } from '@vestibule/backend-defaults';
import {
  isLocatedConfig,
  type ConfigProblem,
  type JsonValue,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';

/** One value of the config: a scalar, or a list or mapping that holds nothing. */
export interface ConfigLeaf {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
}

/** What was read. */
export interface Installation {
  readonly config: LocatedConfig;
  readonly leaves: readonly ConfigLeaf[];
  /** Variables of the environment, with the paths of the values that they give. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** Files that `$file` names, relative to the working directory, with the paths of the values that they give. */
  readonly valueFiles: ReadonlyMap<string, readonly string[]>;
  /** Whether a problem is about a value that only the environment or such a file knows. */
  isAboutStandIn(problem: ConfigProblem): boolean;
}

// URLs, so that they pass wherever text or a URL is wanted; the domains exist nowhere (RFC 6761 section 6.4).
const standIn = 'https://variable.invalid/';
const fileStandIn = 'https://file.invalid/';
const standInPattern = /https:\/\/(variable|file)\.invalid\/(\w+)/g;

/** @throws ConfigError with every reason why the files cannot be read. */
export async function readInstallation(files: readonly string[]): Promise<Installation> {
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const file of files) await collectVariables(resolve(file), names, seen);
  const environment = Object.fromEntries([...names].map((name) => [name, standIn + name]));
  const unopened: string[] = [];
  const fileText = (path: string) => `${fileStandIn}${unopened.push(nameOf(path)) - 1}`;
  const config = await readRootConfig({ files, environment, fileText });
  if (!isLocatedConfig(config)) throw new TypeError('config that was read from files knows its places');

  const leaves = [...leavesOf(config.getOptional() ?? {}, [])];
  const variables = new Map<string, string[]>();
  const valueFiles = new Map<string, string[]>();
  for (const { path, value } of leaves) {
    if (typeof value !== 'string') continue;
    for (const [, kind, name = ''] of value.matchAll(standInPattern)) {
      const [source, key] =
        kind === 'file' ? [valueFiles, unopened[Number(name)] ?? name] : [variables, name];
      source.set(key, [...(source.get(key) ?? []), formatPath(path)]);
    }
  }
  const given = [...variables.values(), ...valueFiles.values()].flat();
  return {
    config,
    leaves,
    variables,
    valueFiles,
    isAboutStandIn: ({ path, message }) =>
      given.includes(path) ||
      message.includes(standIn) ||
      message.includes(fileStandIn) ||
      // Values such as backend.listen are refused as a whole; the block of a provider is not.
      (!path.startsWith('auth.') && given.some((one) => one.startsWith(`${path}.`))),
  };
}

/** As users write it: `auth.providers.oidc.development.signIn.resolvers[0].resolver`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** Relative to the working directory, where the file stands within. */
function nameOf(path: string): string {
  const name = relative('', path);
  return name.startsWith('..') ? path : name;
}

function* leavesOf(value: JsonValue | undefined, path: readonly (string | number)[]): Generator<ConfigLeaf> {
  if (value === undefined || value === null) return;
  const members: [string | number, JsonValue | undefined][] = Array.isArray(value)
    ? [...value.entries()]
    : typeof value === 'object'
      ? Object.entries(value)
      : [];
  if (members.length === 0) yield { path, value };
  for (const [step, member] of members) yield* leavesOf(member, [...path, step]);
}

/** The variables that a file and those it includes name. One with a default keeps it. */
async function collectVariables(path: string, names: Set<string>, seen: Set<string>): Promise<void> {
  if (seen.has(path)) return;
  seen.add(path);
  const text = await readFile(path, 'utf8').catch(() => ''); // Reading the config says what is wrong with the file.
  for (const [, name] of text.matchAll(/(?<!\$)\$\{\s*(\w+)\s*\}/g)) if (name) names.add(name);
  for (const [, name] of text.matchAll(/\$env['"]?\s*:\s*['"]?(\w+)/g)) if (name) names.add(name);
  for (const [, name] of text.matchAll(/\$\{\s*(\w+)\s*:-/g)) if (name) names.delete(name);
  for (const [, name = ''] of text.matchAll(/\$include['"]?\s*:\s*['"]?([^'"#\s}]+)/g)) {
    await collectVariables(resolve(dirname(path), name), names, seen);
  }
}
