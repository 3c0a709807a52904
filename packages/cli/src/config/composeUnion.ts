/**
 * One of several: told apart, wherever they can be, by a key or by the type of the value, so that an editor says what is wrong
 * with the one that is meant instead of that none matches.
 */
import { asObject, isObject } from '@vestibule/backend-plugin-api';
import { partsOf, type JsonSchema } from './schemaParts.ts';
import { typesOf } from './scalars.ts';

/** A member, and what was made of it. */
export interface Member {
  readonly given: JsonSchema;
  readonly composed: JsonSchema;
}

/** @param isWhole - Whether nothing can be added by another file, so that a key that tells which one is meant must be there. */
export function composeUnion(members: readonly Member[], isWhole: boolean): JsonSchema {
  const distinct = members.filter(
    ({ composed }, index) =>
      members.findIndex((other) => JSON.stringify(other.composed) === JSON.stringify(composed)) === index,
  );
  const [only, another] = distinct;
  if (only && !another) return only.composed;
  if (distinct.some(({ composed }) => Object.keys(composed).length === 0)) return {};
  return (
    byKey(distinct, isWhole) ??
    byType(distinct, isWhole) ?? { anyOf: distinct.map(({ composed }) => composed) }
  );
}

/** By a key that is a constant in each, but for one that takes what is left. */
function byKey(members: readonly Member[], isWhole: boolean): JsonSchema | undefined {
  const [first] = members;
  const names = first
    ? partsOf(first.given).flatMap(({ properties }) => Object.keys(asObject(properties)))
    : [];
  for (const name of names) {
    const told = members.map((member) => ({ ...member, key: keyOf(member.given, name) }));
    const constants = told.flatMap(({ key }) => (typeof key?.const === 'string' ? [key.const] : []));
    const others = told.filter(({ key }) => Array.isArray(asObject(key?.not).enum));
    if (
      new Set(constants).size !== members.length - others.length ||
      constants.length === 0 ||
      others.length > 1
    )
      continue;
    const isRequired = told.every(({ given }) => requires(given, name));
    return {
      type: 'object',
      properties: {
        [name]: { anyOf: [{ enum: constants }, others.length > 0 ? { type: 'string' } : throughVariable] },
      },
      ...(isWhole && isRequired && { required: [name] }),
      allOf: told.map(({ given, composed, key }) => ({
        if: {
          type: 'object',
          properties: { [name]: key?.const === undefined ? { not: key?.not } : { const: key.const } },
          ...(requires(given, name) && { required: [name] }),
        },
        then: composed,
      })),
    };
  }
  return undefined;
}

/** Which one is meant, the environment says. */
const throughVariable = { $ref: '#/definitions/elsewhere' };

/** By the types of the values, where no two have one in common. Those of one type stay together. */
function byType(members: readonly Member[], isWhole: boolean): JsonSchema | undefined {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const types = typesOf(member.composed);
    if (!types) return undefined;
    const key = [...types].sort().join();
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const types = [...groups.keys()].flatMap((key) => key.split(','));
  if (groups.size < 2 || new Set(types).size !== types.length) return undefined;
  const rules = [...groups].flatMap(([key, group]) => {
    const composed = composeUnion(group, isWhole);
    return Object.keys(composed).every((name) => name === 'type')
      ? []
      : [{ if: { type: key.includes(',') ? key.split(',') : key }, then: composed }];
  });
  return { type: types, ...(rules.length > 0 && { allOf: rules }) };
}

function keyOf(member: JsonSchema, name: string): JsonSchema | undefined {
  const [found] = partsOf(member).flatMap(({ properties }) => {
    const key = asObject(properties)[name];
    return isObject(key) ? [key] : [];
  });
  return found;
}

function requires(member: JsonSchema, name: string): boolean {
  return partsOf(member).some(({ required }) => Array.isArray(required) && required.includes(name));
}
