/** Which files are read, and reading them. */
import { constants, existsSync } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ConfigLocation, ConfigProblem } from '@vestibule/backend-plugin-api';
import { parseYaml, type ParsedYaml } from './parseYaml.ts';
import { readVariable, type Environment } from './substitute.ts';

/** A file to read: where it is, and how messages name it. */
export interface ConfigFile {
  readonly path: string;
  readonly name: string;
}

/**
 * `app-config.yaml`, `app-config.$BACKSTAGE_ENV.yaml`, `app-config.local.yaml` and
 * `app-config.$BACKSTAGE_ENV.local.yaml`, those that exist; later ones win. `BACKSTAGE_ENV` may list several names.
 */
export function defaultFiles(directory: string, environment: Environment): ConfigFile[] {
  const stages = (readVariable(environment, 'BACKSTAGE_ENV') ?? '')
    .split(',')
    .flatMap((name) => name.trim() || []);
  const names = [
    'app-config.yaml',
    ...stages.map((stage) => `app-config.${stage}.yaml`),
    'app-config.local.yaml',
    ...stages.map((stage) => `app-config.${stage}.local.yaml`),
  ];
  return names
    .map((name) => ({ name, path: resolve(directory, name) }))
    .filter(({ path }) => existsSync(path));
}

/** A file as it was named on the command line. */
export function namedFile(directory: string, name: string): ConfigFile {
  return { name, path: resolve(directory, name) };
}

/** A file that another one names: messages show it relative to the working directory where it stands within. */
export function fileFrom(directory: string, path: string): ConfigFile {
  const name = relative(directory, path);
  return { path, name: name.startsWith(`..${sep}`) || isAbsolute(name) ? path : name };
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  EACCES: 'this process may not read it',
  EPERM: 'this process may not read it',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
};

/** Reads text. `requestedAt`: the place that names the file. */
export async function readText(
  file: ConfigFile,
  requestedAt?: ConfigLocation,
): Promise<{ text: string; problem?: undefined } | { problem: ConfigProblem }> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file.path)) };
  } catch (error) {
    return { problem: problemOf(file, error, requestedAt) };
  }
}

/** Whether a file is there and can be read, without opening it. */
export async function lookAtFile(
  file: ConfigFile,
  requestedAt?: ConfigLocation,
): Promise<ConfigProblem | undefined> {
  try {
    await access(file.path, constants.R_OK);
    const isDirectory = (await stat(file.path)).isDirectory();
    return isDirectory ? problemOf(file, { code: 'EISDIR' }, requestedAt) : undefined;
  } catch (error) {
    return problemOf(file, error, requestedAt);
  }
}

function problemOf(file: ConfigFile, error: unknown, requestedAt?: ConfigLocation): ConfigProblem {
  const { code } = error as NodeJS.ErrnoException;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return {
    code: missing ? 'ERR_CONFIG_FILE_MISSING' : 'ERR_CONFIG_FILE_UNREADABLE',
    path: '',
    message: missing
      ? `the file ${file.name} does not exist`
      : `the file ${file.name} cannot be read: ${reasons[code ?? ''] ?? code ?? 'unknown reason'}`,
    ...(requestedAt ? { location: requestedAt } : missing && { suggestion: `Looked at ${file.path}.` }),
  };
}

/** Reads and parses a file. */
export async function readYaml(file: ConfigFile, requestedAt?: ConfigLocation): Promise<ParsedYaml> {
  const read = await readText(file, requestedAt);
  return read.problem ? { problems: [read.problem] } : parseYaml(read.text, file.name);
}
