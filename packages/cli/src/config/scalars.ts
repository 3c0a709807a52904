/** Texts, numbers and booleans, as they may be written: a start takes a text for the boolean or number that is asked for. */
import { isObject } from '@vestibule/backend-plugin-api';
import type { JsonSchema } from './schemaParts.ts';

/** What is taken over as it is. */
const kept = [
  'type',
  'enum',
  'const',
  'not',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
];
const textsOfNumbers = '^\\s*[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?\\s*$';
const textsOfBooleans =
  '^\\s*(?:[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]|[yY](?:[eE][sS])?|[nN][oO]?|[oO][nN]|[oO][fF][fF]|[01])\\s*$';

/** @param takesText - Whether another member of the union does, so that a text is no number or boolean. */
export function composeScalar(part: JsonSchema, takesText: boolean): JsonSchema {
  const scalar = Object.fromEntries(
    kept.filter((key) => part[key] !== undefined).map((key) => [key, part[key]]),
  );
  // The largest number there is says nothing.
  if (Math.abs(Number(scalar.maximum)) === Number.MAX_SAFE_INTEGER) delete scalar.maximum;
  if (Math.abs(Number(scalar.minimum)) === Number.MAX_SAFE_INTEGER) delete scalar.minimum;
  if (takesText) return scalar;
  if (scalar.type === 'number' || scalar.type === 'integer') {
    return {
      ...scalar,
      type: [scalar.type, 'string'],
      pattern: textsOfNumbers,
      patternErrorMessage: 'A number is expected.',
    };
  }
  if (scalar.type !== 'boolean') return scalar;
  const only = typeof scalar.const === 'boolean' ? scalar.const : undefined;
  if (only !== undefined) return { enum: only ? [true, 'true'] : [false, 'false'] };
  return {
    ...scalar,
    type: ['boolean', 'string', 'integer'],
    minimum: 0,
    maximum: 1,
    pattern: textsOfBooleans,
    patternErrorMessage: 'true or false is expected.',
  };
}

/** Whether a member of a union is a text, or lists texts. */
export function isText(part: JsonSchema): boolean {
  return [part.type].flat().includes('string') && part.const === undefined;
}

/** The JSON types of what a composed schema lets stand; `undefined` where it does not say. */
export function typesOf({ type, enum: options, const: only }: JsonSchema): string[] | undefined {
  if (type !== undefined) return [type].flat() as string[];
  const values = Array.isArray(options) ? (options as unknown[]) : only === undefined ? [] : [only];
  return values.length === 0 ? undefined : [...new Set(values.map(jsonTypeOf))];
}

function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return isObject(value) ? 'object' : typeof value;
}
