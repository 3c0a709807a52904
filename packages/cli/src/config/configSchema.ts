/** The schema of a config, as editors read it. */
import type { BackendJudgement } from '@vestibule/backend-core';
import { isObject, type ConfigSchema, type OwnedConfigSchema } from '@vestibule/backend-plugin-api';
import { composeSchema, elsewhere } from './composeSchema.ts';
import { readHostedSchemas } from './hostedSchemas.ts';
import { withoutReferences, type JsonSchema } from './schemaParts.ts';
import { shareDefinitions } from './shareDefinitions.ts';

/** A schema, and what it does not tell of. */
export interface DescribedConfig {
  /** Draft-07, which every editor understands. */
  readonly schema: JsonSchema;
  /** Packages whose `configSchema` is not JSON: nothing is known of their keys. */
  readonly unread: readonly string[];
}

/** @param directory - Of the project whose dependencies are looked at for Backstage's `configSchema`. */
export async function describeConfig(
  judgement: BackendJudgement,
  directory: string,
): Promise<DescribedConfig> {
  const hosted = await readHostedSchemas(directory);
  const schemas = [
    ...new Set((await judgement.describeConfig()).flatMap(documentOf)),
    ...hosted.schemas.map(({ schema }) => foreign(schema)),
  ];
  const composed = composeSchema(schemas.map(withoutReferences));
  return {
    schema: shareDefinitions(
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        title: 'The config of this backend',
        ...composed,
      },
      elsewhere,
    ),
    unread: hosted.unread,
  };
}

/**
 * All that is known of the config as schemas that can be asked for secrets.
 *
 * @param directory - As above.
 */
export async function secretSchemas(
  judgement: BackendJudgement,
  directory: string,
): Promise<OwnedConfigSchema[]> {
  const { schemas } = await readHostedSchemas(directory);
  return [
    ...(await judgement.describeConfig()),
    ...schemas.map(({ package: owner, schema }) => ({ owner, schema: describing(schema) })),
  ];
}

function describing(document: JsonSchema): ConfigSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'backstage',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => document },
    },
  };
}

/** One that cannot be described is passed over: a start says so. */
function documentOf({ schema }: OwnedConfigSchema): JsonSchema[] {
  try {
    const document = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
    return document ? [document] : [];
  } catch {
    return [];
  }
}

/** Nobody refuses a key for what it says. */
function foreign(schema: JsonSchema): JsonSchema {
  const marked = Object.fromEntries(
    Object.entries(schema).map(([key, value]: [string, unknown]) => [
      key,
      Array.isArray(value)
        ? value.map((one: unknown) => (isObject(one) ? foreign(one) : one))
        : isObject(value)
          ? foreign(value)
          : value,
    ]),
  );
  return isObject(schema.properties) || schema.type === 'object' ? { ...marked, foreign: true } : marked;
}
