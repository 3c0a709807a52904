/**
 * One JSON Schema of what many describe, for editors. JSON Schema's own way of joining them, `allOf`, is of no use there: each
 * knows a part of the keys, and none could refuse any. So they are laid over one another, key by key.
 *
 * What a start judges otherwise than a schema can say is said as nearly as it can be: a file is one of several, so that no key
 * must be there but in the entries of lists; `null` hides; every value may come from elsewhere; a text counts as the number or
 * boolean that is asked for; a misspelling of a key is refused, and a key of somebody else's is not.
 */
import { asObject, isObject } from '@vestibule/backend-plugin-api';
import { annotationsOf } from './annotations.ts';
import { composeUnion } from './composeUnion.ts';
import { misspellingsOf } from './misspellings.ts';
import { composeScalar, isText } from './scalars.ts';
import {
  childrenOf,
  isObjectPart,
  isUnion,
  objectsIn,
  partsOf,
  schemasOf,
  type JsonSchema,
} from './schemaParts.ts';

/** Where a schema stands, and what is known there besides. */
interface Place {
  /** As the documentation has it, `<name>` for a key that users choose and `[]` for an entry of a list. */
  readonly path: readonly string[];
  /** A list is replaced whole: nothing in it comes from another file, or hides what stands there. */
  readonly isWithinList: boolean;
  /** What others say of the same object. */
  readonly around: readonly JsonSchema[];
  /** Whether another member of the union takes a text. */
  readonly takesText: boolean;
}

/** @param schemas - Of the whole config, without references. One that is `foreign: true` refuses no key. */
export function composeSchema(schemas: readonly JsonSchema[]): JsonSchema {
  return compose(schemas, { path: [], isWithinList: false, around: [], takesText: false });
}

/** What may stand in place of any value: what gives it, and `null`, which hides what another file says. */
export const elsewhere = {
  elsewhere: {
    anyOf: [
      { type: 'string', pattern: '\\$\\{' },
      {
        type: 'object',
        anyOf: ['$env', '$file', '$include'].map((key) => ({ required: [key] })),
      },
    ],
  },
  absentOrElsewhere: { anyOf: [{ type: 'null' }, { $ref: '#/definitions/elsewhere' }] },
} as const;

/** A key's value, or an entry of a list. */
function composeValue(schemas: readonly JsonSchema[], place: Place): JsonSchema {
  const parts = schemas.flatMap(partsOf);
  const annotations = annotationsOf(parts, place.path);
  if (annotations.deprecationMessage !== undefined) return annotations;
  const composed = compose(schemas, place);
  if (Object.keys(composed).length === 0) return annotations;
  const name = place.isWithinList ? 'elsewhere' : 'absentOrElsewhere';
  return { ...annotations, if: { $ref: `#/definitions/${name}` }, else: composed };
}

function compose(schemas: readonly JsonSchema[], given: Place): JsonSchema {
  // Whoever reads a key describes it; another only says who that is.
  const all = schemas.flatMap(partsOf).filter(({ readBy }) => readBy === undefined);
  const as = all.find(({ describedAs }) => typeof describedAs === 'string')?.describedAs as
    string | undefined;
  const place = as === undefined ? given : { ...given, path: as.split('.') };
  const unions = all.filter(isUnion);
  const objects = all.filter((part) => !isUnion(part) && isObjectPart(part));
  const others = all.filter((part) => !isUnion(part) && !isObjectPart(part));
  const isClosedHere = objectsIn(unions).length === 0;
  const composed = [
    ...(objects.length > 0 ? [composeObject(objects, place, isClosedHere)] : []),
    ...unions.map((union) => {
      const around = [...place.around, ...objects, ...objectsIn(unions.filter((one) => one !== union))];
      return composeMembers(schemasOf(union.anyOf), { ...place, around });
    }),
    ...others.map((part) =>
      part.type === 'array' ? composeArray(part, place) : composeScalar(part, place.takesText),
    ),
  ].filter((one) => Object.keys(one).length > 0);
  return joined(composed);
}

function composeMembers(members: readonly JsonSchema[], place: Place): JsonSchema {
  const takesText = place.takesText || members.some((member) => partsOf(member).some(isText));
  return composeUnion(
    members.map((member) => ({ given: member, composed: compose([member], { ...place, takesText }) })),
    place.isWithinList,
  );
}

function composeArray(part: JsonSchema, { path }: Place): JsonSchema {
  const place = { path: [...path, '[]'], isWithinList: true, around: [], takesText: false };
  const { prefixItems, minItems, maxItems, uniqueItems } = part;
  const first = schemasOf(prefixItems).map((item) => composeValue([item], place));
  const rest = isObject(part.items) ? composeValue([part.items], place) : undefined;
  return {
    type: 'array',
    ...(first.length > 0
      ? { items: first, ...(rest && { additionalItems: rest }) }
      : rest && Object.keys(rest).length > 0 && { items: rest }),
    ...withoutAbsent({ minItems, maxItems, uniqueItems }),
  };
}

function composeObject(objects: readonly JsonSchema[], place: Place, isClosedHere: boolean): JsonSchema {
  const { path, isWithinList } = place;
  const within = (step: string): Place => ({
    path: [...path, step],
    isWithinList,
    around: [],
    takesText: false,
  });
  const valueOf = (children: readonly JsonSchema[], step: string) => composeValue(children, within(step));
  const names = keysIn(objects);
  const properties = Object.fromEntries(
    [...names].map((name) => [name, valueOf(childrenOf(objects, name), name)]),
  );
  const patterns = new Set(
    objects.flatMap(({ patternProperties }) => Object.keys(asObject(patternProperties))),
  );
  const ofOthers = objects.map(({ additionalProperties }) => additionalProperties).filter(isObject);
  const required = isWithinList
    ? objects.flatMap((one) => (Array.isArray(one.required) ? (one.required as string[]) : []))
    : [];
  const closing = isClosedHere ? closingOf(objects, place, properties) : {};
  const patternProperties = Object.fromEntries(
    [...patterns].map((pattern) => [
      pattern,
      valueOf(schemasOf(objects.map((one) => asObject(one.patternProperties)[pattern])), '<name>'),
    ]),
  );
  const others = ofOthers.length > 0 ? valueOf(ofOthers, '<name>') : {};
  return {
    type: 'object',
    ...filled({ properties: { ...closing.properties, ...properties }, patternProperties }),
    ...(Object.keys(others).length > 0 && { additionalProperties: others }),
    ...(closing.isStrict && { additionalProperties: false }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
    ...(closing.misspellings && { allOf: closing.misspellings }),
  };
}

/** Which keys are refused in an object: misspelt ones, or, where what is said decides who comes in, all that nobody knows. */
function closingOf(
  objects: readonly JsonSchema[],
  { path, around }: Place,
  properties: Readonly<Record<string, JsonSchema>>,
): {
  isStrict?: true;
  properties?: Record<string, JsonSchema>;
  misspellings?: JsonSchema[];
} {
  const ours = [...objects, ...around].filter(({ foreign }) => foreign !== true);
  // Other roots belong to others, and may be called anything.
  if (path.length === 0 || !ours.some((one) => isObject(one.properties))) return {};
  const known = keysIn([...objects, ...around]);
  const open = ours.filter(isOpen);
  const isStrict = ours.some(
    (one) => one.unevaluatedProperties === false || one.additionalProperties === false,
  );
  if (open.length === 0 && isStrict) {
    return { isStrict: true, properties: Object.fromEntries([...known].map((key) => [key, {}])) };
  }
  const isJudged = open.length === 0 || (path.length === 1 && open.every((one) => isObject(one.properties)));
  if (!isJudged) return {};
  const own = [...keysIn(objects.filter(({ foreign }) => foreign !== true))];
  const current = own.filter((key) => properties[key]?.deprecationMessage === undefined);
  const misspellings = misspellingsOf(current, known);
  return misspellings.length > 0 ? { misspellings } : {};
}

/** Whether a part lets any key stand: it says so, or says nothing of keys at all. */
function isOpen({ properties, patternProperties, additionalProperties }: JsonSchema): boolean {
  if (additionalProperties === undefined) return !isObject(properties) && !isObject(patternProperties);
  return additionalProperties !== false;
}

function keysIn(objects: readonly JsonSchema[]): Set<string> {
  return new Set(objects.flatMap(({ properties }) => Object.keys(asObject(properties))));
}

/** What must all hold, in as few words as will do. */
function joined(schemas: readonly JsonSchema[]): JsonSchema {
  return schemas.reduce((all, one): JsonSchema => {
    const isSaid = Object.entries(one).every(
      ([key, value]) => all[key] === undefined || JSON.stringify(all[key]) === JSON.stringify(value),
    );
    if (isSaid) return { ...all, ...one };
    return { ...all, allOf: [...schemasOf(all.allOf), one] };
  }, {});
}

function filled(members: Readonly<Record<string, object>>): JsonSchema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => Object.keys(value).length > 0));
}

function withoutAbsent(members: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
