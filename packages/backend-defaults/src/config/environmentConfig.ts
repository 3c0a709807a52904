/** Environment variables that are config: `APP_CONFIG_a_b=…` is `a.b`, and `LOG_LEVEL` is `backend.logger.level`. */
import type { ConfigLocation, ConfigProblem, JsonValue } from '@vestibule/backend-plugin-api';
import { merge, treeOf, type ConfigNode } from './configTree.ts';
import { readVariable, type Environment } from './substitute.ts';

const prefix = 'APP_CONFIG_';
const keyPattern = /^[a-z][a-z0-9]*(?:[-:][a-z0-9]+)*$/i;

/** The layer over all files; absent when no variable sets anything. Values are JSON, or else taken as text. */
export function environmentConfig(environment: Environment): {
  tree?: ConfigNode;
  problems: ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  let tree: ConfigNode | undefined;
  const taken = new Map<string, string>();

  const level = readVariable(environment, 'LOG_LEVEL');
  if (level) tree = nested(['backend', 'logger', 'level'], level.toLowerCase(), at('LOG_LEVEL'));

  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || !text) continue;
    const keys = name.slice(prefix.length).split('_');
    const path = keys.join('.');
    const value = parse(text);
    const rival = [...taken].find(
      ([other]) => `${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`),
    );
    if (!keys.every((key) => keyPattern.test(key))) {
      refuse(
        name,
        '',
        `the environment variable ${name} names no config key`,
        'Use letters and digits between underscores.',
      );
    } else if (value === null) {
      refuse(name, path, `the environment variable ${name} may not be null`);
    } else if (rival) {
      refuse(name, path, `the environment variables ${rival[1]} and ${name} set the same part of the config`);
    } else {
      taken.set(path, name);
      tree = merge(tree, nested(keys, value, at(name)));
    }
  }
  return { problems, ...(tree && { tree }) };

  function refuse(name: string, path: string, message: string, suggestion?: string): void {
    problems.push({
      code: 'ERR_CONFIG_ENVIRONMENT_INVALID',
      path,
      message,
      location: at(name),
      ...(suggestion && { suggestion }),
    });
  }
}

/** A variable has no lines. */
function at(name: string): ConfigLocation {
  return { file: `$${name}`, line: 0, column: 0 };
}

function nested(keys: readonly string[], value: JsonValue, location: ConfigLocation): ConfigNode {
  return treeOf(
    keys.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value),
    location,
    { kind: 'variable', name: location.file.slice(1) },
  );
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
