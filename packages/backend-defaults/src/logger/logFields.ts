/** Turns whatever is logged into plain, bounded values without secrets. */
import {
  isCredentialName,
  isObject,
  statusOfError,
  type JsonObject,
  type JsonValue,
} from '@vestibule/backend-plugin-api';
import { printable } from './printable.ts';
import { isErrorCode, redacted, type TextRedactor } from './sensitiveText.ts';

const maximalDepth = 8;
const maximalMembers = 100;
const maximalText = 16_384;
const maximalCauses = 5;
const mostKept = 1000;
const longestKept = 64;

/** A described error. */
export interface LoggedError extends JsonObject {
  name: string;
  message: string;
}

/** What a log line is made of. */
export interface FieldSanitizer {
  text(text: string): string;
  fields(meta: unknown): JsonObject;
  error(error: Error): LoggedError;
}

/** @param wantsStacks - Whether stacks are wanted even for errors that were expected. */
export function createFieldSanitizer(redactor: TextRedactor, wantsStacks: () => boolean): FieldSanitizer {
  /** What is written as it is, and comes in every line: names of fields, and most of their values. The newer ones, and those before. */
  let harmless = new Set<string>();
  let harmlessBefore = new Set<string>();
  let harmlessVersion = redactor.version;

  function text(given: string): string {
    if (harmlessVersion !== redactor.version) {
      harmlessVersion = redactor.version;
      harmless = new Set();
      harmlessBefore = new Set();
    }
    if (harmless.has(given)) return given;
    const isKnown = harmlessBefore.has(given);
    const clean = isKnown ? given : printable(redactor.redact(given));
    if (clean === given && given.length <= longestKept) {
      if (harmless.size >= mostKept) [harmless, harmlessBefore] = [new Set(), harmless];
      // Its own text: what was cut from a long one would keep that.
      harmless.add(Buffer.from(given).toString());
    }
    return clean.length > maximalText ? `${clean.slice(0, maximalText)}…` : clean;
  }

  const isHidden = (name: string, value: unknown): boolean =>
    isSensitive(name, value) && !(typeof value === 'string' && redactor.isAllowed(value));

  function sanitize(value: unknown, within: readonly object[]): JsonValue | undefined {
    switch (typeof value) {
      case 'string':
        return text(value);
      case 'number':
        return redactor.redact(String(value)) === String(value)
          ? Number.isFinite(value)
            ? value
            : String(value)
          : redacted;
      case 'bigint':
        return redactor.redact(String(value));
      case 'boolean':
      case 'undefined':
        return value;
      case 'object':
        return value === null ? null : sanitizeObject(value, within);
      default:
        return `(${typeof value})`;
    }
  }

  function sanitizeObject(value: object, outer: readonly object[]): JsonValue {
    if (outer.includes(value)) return '(circular)';
    if (outer.length >= maximalDepth) return '(too deep)';
    const within = [...outer, value];
    if (Array.isArray(value)) return items(value, within);
    if (isPlain(value)) return members(Object.keys(value), (key) => readMember(value, key), within);
    if (value instanceof Error) return describe(value, within, 0);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? '(no date)' : value.toISOString();
    if (value instanceof URL || value instanceof URLSearchParams) return text(String(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
    if (value instanceof Map || isHeaders(value)) {
      const pairs = new Map(
        [...value].flatMap((pair) => (Array.isArray(pair) ? [[String(pair[0]), pair[1]] as const] : [])),
      );
      return members([...pairs.keys()], (key) => pairs.get(key), within);
    }
    if (value instanceof Set) return items([...(value as Iterable<unknown>)], within);
    return members(Object.keys(value), (key) => readMember(value, key), within);
  }

  /** A name that is followed by its value, as in Node's `rawHeaders`, counts as a field. */
  function items(values: readonly unknown[], within: readonly object[]): JsonValue[] {
    const shown = values.slice(0, maximalMembers).map((value, index) => {
      const before = values[index - 1];
      return typeof before === 'string' && isHidden(before, value)
        ? redacted
        : (sanitize(value, within) ?? null);
    });
    return values.length > maximalMembers ? [...shown, `(${values.length - maximalMembers} more)`] : shown;
  }

  function members(
    keys: readonly string[],
    read: (key: string) => unknown,
    within: readonly object[],
  ): JsonObject {
    const result: [string, JsonValue | undefined][] = [];
    for (const key of keys) {
      if (result.length === maximalMembers) {
        result.push(['…', `(${keys.length - maximalMembers} more)`]);
        break;
      }
      const value = read(key);
      result.push([text(key), isHidden(key, value) ? redacted : sanitize(value, within)]);
    }
    // Not assigned one by one: a member may be called `__proto__`.
    return Object.fromEntries(result);
  }

  /**
   * An error by what it says of itself. Other properties are left out: those of HTTP and database clients hold whole
   * requests. The stack comes with errors that mean a fault of ours (5xx), and with all where stacks are wanted.
   */
  function describe(error: Error, within: readonly object[], depth: number): LoggedError {
    const given = error as Error & Record<'code' | 'hint' | 'cause' | 'errors', unknown>;
    const code =
      typeof given.code === 'string' && /^[A-Z0-9_]{1,64}$/.test(given.code) ? given.code : undefined;
    const withStack = wantsStacks() || (depth === 0 && statusOfError(error) >= 500);
    const frames = withStack ? framesOf(error) : [];
    const inner = (other: unknown): JsonValue | undefined => {
      if (!(other instanceof Error)) return sanitize(other, within);
      if (within.includes(other)) return '(circular)';
      return depth >= maximalCauses ? '(more causes)' : describe(other, [...within, other], depth + 1);
    };
    return {
      name: text(String(error.name)),
      message: text(String(error.message)),
      ...(code !== undefined && { code: text(code) }),
      ...(typeof given.hint === 'string' && { hint: text(given.hint) }),
      ...(given.cause !== undefined && { cause: inner(given.cause) }),
      ...(Array.isArray(given.errors) && {
        errors: given.errors.slice(0, 10).map((other) => inner(other) ?? null),
      }),
      ...(frames.length > 0 && { stack: frames.map(text) }),
    };
  }

  return {
    text,
    error: (error) => describe(error, [error], 0),
    fields(meta) {
      if (meta === undefined || meta === null) return {};
      if (meta instanceof Error) return { error: describe(meta, [meta], 0) };
      const clean = sanitize(meta, []);
      return isObject(clean) ? clean : { meta: clean };
    },
  };
}

/** Whether a field must not be shown. Codes of ours, and values that say only whether there is one, may be. */
function isSensitive(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '' || typeof value === 'boolean') return false;
  return isCredentialName(name) && !(typeof value === 'string' && isErrorCode(value));
}

/** The frames alone: the head of a stack repeats the message, line breaks included. */
function framesOf({ stack }: Error): string[] {
  return String(stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 30);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** By its shape: to name the class would load all of Node's fetch with the first line. */
function isHeaders(value: object): value is Headers {
  return Object.prototype.toString.call(value) === '[object Headers]' && Symbol.iterator in value;
}

function readMember(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return '(cannot be read)';
  }
}
