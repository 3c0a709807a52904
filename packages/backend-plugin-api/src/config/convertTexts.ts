/**
 * Texts count as the boolean or number that a schema asks for, as they do for Backstage's config reader: what an
 * environment variable gives is always a text. This is the one place where they are converted.
 */
import type { ConfigSchema } from './configSchema.ts';
import { isObject } from './isObject.ts';
import { childNodes, describe, flatten, type SchemaNode } from './schemaNodes.ts';

const textsOfTrue = ['true', '1', 'on', 'y', 'yes'];
const textsOfFalse = ['false', '0', 'off', 'n', 'no'];

/**
 * The value with each text that stands where the schema asks for a boolean or a number, and takes no text, as that. A text
 * that cannot be converted stays, for the schema to refuse. Nothing is converted for a schema that does not describe itself.
 *
 * Texts: `true`, `1`, `on`, `y`, `yes` and `false`, `0`, `off`, `n`, `no`, in any letter case, also as numbers; and whatever
 * `Number` reads as a finite number, but for a blank.
 *
 * @example
 * ```ts
 * convertTexts({ enabled: 'yes', port: '7007' }, z.object({ enabled: z.boolean(), port: z.number() }));
 * // { enabled: true, port: 7007 }
 * ```
 * @public
 */
export function convertTexts(value: unknown, schema: ConfigSchema): unknown {
  let node: SchemaNode | undefined;
  try {
    node = describe(schema);
  } catch {
    return value; // checkConfig reports it
  }
  return node ? converted(value, [node]) : value;
}

function converted(value: unknown, nodes: readonly SchemaNode[]): unknown {
  if (nodes.length === 0) return value;
  // All members of a union count for a scalar: a text may mean the boolean.
  const flat = nodes.flatMap((node) => flatten(node, typeof value === 'object' ? value : undefined));
  if (Array.isArray(value)) return value.map((item, index) => converted(item, childNodes(flat, index)));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, converted(member, childNodes(flat, key))]),
    );
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  // Among words that are listed a constant is one of them, and counts as it is: `no` where `false` is listed is a mistake.
  const takesWords = flat.some(({ schema }) => schema.type === 'string' && Array.isArray(schema.enum));
  const asked = takesWords ? flat.filter(({ schema }) => !('const' in schema)) : flat;
  const types = asked.flatMap((node) => typesOf(node, value));
  if (types.includes('anything') || types.includes(typeof value)) return value;
  const asNumber = types.includes('number') ? numberOf(value) : undefined;
  return asNumber ?? (types.includes('boolean') ? booleanOf(value) : undefined) ?? value;
}

/** A text that does not match `pattern`, or is not listed by `enum`, is none that is asked for. */
function typesOf({ schema }: SchemaNode, value: string | number): unknown[] {
  if (['anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => keyword in schema)) return [];
  if (schema.type === undefined) return ['anything'];
  const { pattern, enum: listed } = schema;
  if (typeof value === 'string' && typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value))
    return [];
  if (Array.isArray(listed) && schema.type === 'string' && !listed.includes(value)) return [];
  return [schema.type].flat().map((type: unknown) => (type === 'integer' ? 'number' : type));
}

function numberOf(value: string | number): number | undefined {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function booleanOf(value: string | number): boolean | undefined {
  const text = String(value).trim().toLowerCase();
  if (textsOfTrue.includes(text)) return true;
  return textsOfFalse.includes(text) ? false : undefined;
}
