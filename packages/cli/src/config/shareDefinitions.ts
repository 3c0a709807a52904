/** Says once what a schema says in several places, in `definitions`. */
import { isObject } from '@vestibule/backend-plugin-api';
import type { JsonSchema } from './schemaParts.ts';

/** Shorter ones are as long as a reference. */
const shortest = 160;

/** Members whose values are schemas by name. */
const maps = new Set(['properties', 'patternProperties']);
/** Members that are schemas, or lists of them. */
const schemas = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'if',
  'then',
  'else',
]);

/** @param given - Definitions that are referred to already. */
export function shareDefinitions(root: JsonSchema, given: JsonSchema): JsonSchema {
  const counts = new Map<string, number>();
  visit(root, (schema) => {
    const text = JSON.stringify(schema);
    counts.set(text, (counts.get(text) ?? 0) + 1);
    // What is in one that is known was counted with it.
    return counts.get(text) === 1;
  });
  const names = new Map<string, string>();
  const definitions: Record<string, unknown> = { ...given };

  function shared(schema: JsonSchema, name: string): JsonSchema {
    const text = JSON.stringify(schema);
    const isOften = (counts.get(text) ?? 0) > 1 && text.length > shortest;
    if (!isOften) return inner(schema, name);
    if (!names.has(text)) {
      const free = freeName(name, definitions);
      names.set(text, free);
      definitions[free] = {};
      definitions[free] = inner(schema, name);
    }
    return { $ref: `#/definitions/${names.get(text)}` };
  }

  function inner(schema: JsonSchema, name: string): JsonSchema {
    return mapped(schema, name, shared);
  }

  const { $schema, title, ...rest } = inner(root, 'config');
  return { $schema, title, ...rest, definitions };
}

function visit(schema: JsonSchema, act: (schema: JsonSchema) => boolean): void {
  mapped(schema, '', (child) => {
    if (act(child)) visit(child, act);
    return child;
  });
}

/** The schema with others in place of those within it. `name`: of the key whose value they describe. */
function mapped(
  schema: JsonSchema,
  name: string,
  change: (schema: JsonSchema, name: string) => JsonSchema,
): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (maps.has(keyword) && isObject(value)) {
        const members = Object.entries(value).map(([key, member]) => [
          key,
          isObject(member) ? change(member, keyword === 'properties' ? key : name) : member,
        ]);
        return [keyword, Object.fromEntries(members)];
      }
      if (!schemas.has(keyword)) return [keyword, value];
      if (Array.isArray(value)) {
        return [keyword, value.map((one: unknown) => (isObject(one) ? change(one, name) : one))];
      }
      return [keyword, isObject(value) ? change(value, name) : value];
    }),
  );
}

function freeName(wanted: string, taken: JsonSchema): string {
  if (!(wanted in taken)) return wanted;
  let number = 2;
  while (`${wanted}${number}` in taken) number += 1;
  return `${wanted}${number}`;
}
