import type { JsonObject, JsonValue } from './config.ts';

/** Whether a value is an object with members of its own names: no array, and not `null`. @public */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, where it is an object, else an empty one: to look into config that may be wrong in any way. @public */
export function asObject(value: JsonValue | undefined): JsonObject;
/** The same of any value. @public */
export function asObject(value: unknown): Readonly<Record<string, unknown>>;
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
