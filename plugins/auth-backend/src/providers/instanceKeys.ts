/**
 * The keys `type`, `title` and `icon` of a provider's block. They stand beside its environments, so that several
 * instances of one type can be told apart; everything else about an instance derives from its id.
 */
import {
  asObject,
  checkConfig,
  configProblemAt,
  isObject,
  nearestName,
  readConfig,
  type CheckConfigOptions,
  type Config,
  type ConfigFindings,
  type ConfigProblem,
  type ConfigSchema,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { instanceSchema, oauthSettingsSchema, providerName } from '../config.ts';
import { throwProblems } from './configFaults.ts';

/** The reserved keys. */
export type InstanceKeys = z.infer<typeof instanceSchema>;

const isReserved = (key: string): boolean => Object.hasOwn(instanceSchema.shape, key);

/** What every environment has, such as `signIn`: one level too high, it is no environment of that name. */
const isOfEnvironment = (key: string): boolean => Object.hasOwn(oauthSettingsSchema('optional').shape, key);

/** @throws ConfigError where the id cannot stand in a path and a cookie's name, or the block or its type is none. */
export function typeOfInstance(config: Config, providerId: string): string {
  if (!providerName.safeParse(providerId).success) {
    throwProblems([nameProblem(config, ['auth', 'providers', providerId], 'the id of a provider')]);
  }
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  const schema = z.looseObject({ type: instanceSchema.shape.type });
  throwProblems(checkConfig({ config, path, schemas: [{ schema, owner }] }).problems);
  return readConfig({ config, path, schema, owner }).type ?? providerId;
}

/** The problem of a key that was meant to be `type`: without it, the id is taken for the type, which then is unknown. */
export function misspeltTypeProblems(config: Config, providerId: string): ConfigProblem[] {
  const path = ['auth', 'providers', providerId];
  const block = config.getConfig(path.join('.')).getOptional<Record<string, unknown>>() ?? {};
  return Object.entries(block)
    .filter(([key, value]) => typeof value === 'string' && !isReserved(key))
    .filter(([key]) => nearestName(key, Object.keys(instanceSchema.shape)) === 'type')
    .map(([key]) =>
      configProblemAt(config, [...path, key], {
        code: 'ERR_CONFIG_UNKNOWN_KEY',
        what: 'is not a known key',
        suggestion: "Did you mean 'type'?",
        at: 'key',
      }),
    );
}

/** The keys, as far as they can be read: for what is said of a block that has faults. */
export function readableKeys(config: Config, providerId: string): Pick<InstanceKeys, 'title' | 'icon'> {
  const block = (config.getOptional<Record<string, unknown>>('auth.providers') ?? {})[providerId];
  const { title, icon } = instanceSchema.shape;
  const given = asObject(block);
  const [readTitle, readIcon] = [title.safeParse(given['title']).data, icon.safeParse(given['icon']).data];
  return {
    ...(readTitle !== undefined && { title: readTitle }),
    ...(readIcon !== undefined && { icon: readIcon }),
  };
}

/**
 * The environments of an OAuth-type block, and what is found beside them. An environment is a mapping that is empty or has a
 * key that `schemas` know; any other value belongs to a reserved key, to one that somebody misspelt, or to somebody else.
 */
export function readEnvironments(
  config: Config,
  providerId: string,
  { schemas, elsewhere }: Pick<CheckConfigOptions, 'schemas' | 'elsewhere'>,
): ConfigFindings & { environments: string[]; keys: InstanceKeys } {
  const path = `auth.providers.${providerId}`;
  const owner = `provider '${providerId}'`;
  const block = asObject(config.getConfig(path).getOptional());
  const mappings = Object.entries(block)
    .filter(([, value]) => typeof value === 'object' && !Array.isArray(value))
    .map(([key]) => key)
    .filter((key) => !isReserved(key) && !isOfEnvironment(key) && !gateMeantBy(key, block[key], schemas))
    .filter((key) => mayBeEnvironment(config, path, key, block[key], schemas));
  const [environments, unnamable] = [true, false].map((isGood) =>
    mappings.filter((name) => providerName.safeParse(name).success === isGood),
  ) as [string[], string[]];
  const [example = config.getOptionalString('auth.environment') ?? 'development'] = environments;
  const schema = instanceSchema.extend(
    Object.fromEntries(mappings.map((name) => [name, z.unknown().optional()])),
  );
  const found = checkConfig({ config, path, schemas: [{ schema, owner }], ...(elsewhere && { elsewhere }) });

  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  for (const [list, isWarning] of [
    [found.problems, false],
    [found.warnings, true],
  ] as const) {
    for (const problem of list) {
      const key = problem.path.slice(path.length + 1);
      const meant = gateMeantBy(key, block[key], schemas);
      const belongs = `It belongs in an environment: ${path}.${example}.${meant ?? key}.`;
      if (isWarning && isListOfEnvironment(block[key], schemas)) {
        const message = `${problem.path} is not a known key: it is a list`;
        problems.push({ ...problem, message, suggestion: 'An environment is a mapping.' });
      } else if (problem.code === 'ERR_CONFIG_UNKNOWN_KEY' && meant !== undefined) {
        // Who may come in is never only warned of.
        problems.push({ ...problem, suggestion: `Did you mean '${meant}'? ${belongs}` });
      } else {
        const isDeeper = problem.code === 'ERR_CONFIG_UNKNOWN_KEY' && belongsDeeper(key, schemas);
        (isWarning ? warnings : problems).push(isDeeper ? { ...problem, suggestion: belongs } : problem);
      }
    }
  }
  problems.push(
    ...unnamable.map((name) =>
      nameProblem(config, ['auth', 'providers', providerId, name], 'the name of an environment'),
    ),
  );
  const keys = problems.length > 0 ? {} : readConfig({ config, path, schema: instanceSchema, owner });
  return { environments, keys, problems, warnings };
}

/** What is not so is of somebody else, as `params: { hd: acme.example }` is. */
function mayBeEnvironment(
  config: Config,
  path: string,
  name: string,
  value: unknown,
  schemas: CheckConfigOptions['schemas'],
): boolean {
  const keys = Object.keys(asObject(value));
  if (keys.length === 0 || !providerName.safeParse(name).success) return true;
  const at = `${path}.${name}`;
  const { problems, warnings } = checkConfig({ config, path: at, schemas });
  const isUnknown = ({ code }: ConfigProblem) => code === 'ERR_CONFIG_UNKNOWN_KEY';
  const foreign = warnings.filter(isUnknown).map((one) => one.path);
  return problems.some(isUnknown) || keys.some((key) => !foreign.includes(`${at}.${key}`));
}

/** `signIn` for `signin`, `allow` for `allows`: of a mapping that has nothing of an environment. */
function gateMeantBy(
  key: string,
  value: unknown,
  schemas: CheckConfigOptions['schemas'],
): string | undefined {
  if (isOfEnvironment(key) || !isObject(value)) return undefined;
  if (Object.keys(value).some((inner) => belongsDeeper(inner, schemas))) return undefined;
  return nearestName(key, ['signIn', 'allow']);
}

/** A dash too many in front of what an environment has. */
function isListOfEnvironment(value: unknown, schemas: CheckConfigOptions['schemas']): boolean {
  return (
    Array.isArray(value) &&
    value.some((item: unknown) =>
      Object.keys(Object(item) as object).some((key) => belongsDeeper(key, schemas)),
    )
  );
}

/** Whether a key beside the environments is one of theirs. */
function belongsDeeper(key: string, schemas: CheckConfigOptions['schemas']): boolean {
  return isOfEnvironment(key) || schemas.some(({ schema }) => isKeyOf(schema, key));
}

/** Whether a schema describes a key. */
export function isKeyOf(schema: ConfigSchema, key: string): boolean {
  const { properties } = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' }) ?? {};
  return typeof properties === 'object' && properties !== null && Object.hasOwn(properties, key);
}

/** The keys that are ours in every block, whoever provides its type. */
export const reservedKeys: readonly string[] = Object.keys(instanceSchema.shape);

function nameProblem(config: Config, path: string[], what: string): ConfigProblem {
  const name = path.at(-1) ?? '';
  return configProblemAt(config, path, {
    message: `${path.slice(0, -1).join('.')}: ${JSON.stringify(name)} cannot be ${what}`,
    suggestion:
      'It begins with a letter and has at most 64 letters, digits, and single dashes or underscores between them.',
    at: 'key',
  });
}
