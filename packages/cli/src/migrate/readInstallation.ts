/**
 * Reads the config of an installation without its environment. Whatever a variable or a `$file` gives is stood in for, so
 * that no secret is ever read, and the report is the same on every machine.
 */
import { loadDefaultProviders } from '@vestibule/backend';
import { readConfigWithStandIns, type ConfigReading, type StandIns } from '@vestibule/backend-defaults';
import type { JsonValue } from '@vestibule/backend-plugin-api';
import { providerDefinitionOf, type ProviderDefinition } from '@vestibule/plugin-auth-node';

/** One value of the config: a scalar, or a list or mapping that holds nothing. */
export interface ConfigLeaf {
  readonly path: readonly (string | number)[];
  readonly value: JsonValue;
}

/** What was read. */
export interface Installation extends ConfigReading {
  readonly leaves: readonly ConfigLeaf[];
  /** Variables of the environment, with the paths of the values that they give. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** Files that `$file` names, relative to the working directory, with the paths of the values that they give. */
  readonly valueFiles: ReadonlyMap<string, readonly string[]>;
  /** The providers of the default backend, by type. */
  readonly providers: ReadonlyMap<string, ProviderDefinition>;
}

/** @param files - Where none is named, those of the working directory that a start reads. */
export async function readInstallation(files: readonly string[], standIns: StandIns): Promise<Installation> {
  const reading = await readConfigWithStandIns({ ...(files.length > 0 && { files }), standIns });
  const gives = { variable: new Map<string, string[]>(), file: new Map<string, string[]>() };
  for (const { path, sources } of reading.outside) {
    for (const { kind, name } of sources) {
      gives[kind].set(name, [...(gives[kind].get(name) ?? []), formatPath(path)]);
    }
  }
  for (const { path, variables } of reading.unknownIncludes) {
    for (const name of variables) gives.variable.set(name, [...(gives.variable.get(name) ?? []), path]);
  }
  return {
    ...reading,
    leaves: [...leavesOf(reading.config.getOptional() ?? {}, [])],
    variables: gives.variable,
    valueFiles: gives.file,
    providers: await definitionsOfDefaults(),
  };
}

async function definitionsOfDefaults(): Promise<Map<string, ProviderDefinition>> {
  const entries = (await loadDefaultProviders()).flatMap(({ providerId, factory }) => {
    const definition = providerDefinitionOf(factory);
    return definition ? [[providerId, definition] as const] : [];
  });
  return new Map(entries);
}

/** As users write it: `auth.providers.oidc.development.signIn.resolvers[0].resolver`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
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
