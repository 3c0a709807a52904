/** Serves a config tree through Backstage's Config interface, with its rules and error texts. */
import {
  isObject,
  type ConfigLocation,
  type JsonObject,
  type JsonValue,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';
import { locate, sourceOf, valueOf, type ConfigNode } from './configTree.ts';

const keyPartPattern = /^[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*$/i;

/** What a getter asks of a value. */
interface Expectation {
  readonly name: string;
  accepts(value: JsonValue): boolean;
  /** For the items of a list. */
  acceptsItem?(value: JsonValue): boolean;
}

const anObject: Expectation = { name: 'object', accepts: isObject };
const aNumber: Expectation = {
  name: 'number',
  accepts: (value) => ['number', 'string'].includes(typeof value),
};
const aBoolean: Expectation = {
  name: 'boolean',
  accepts: (value) => ['boolean', 'number', 'string'].includes(typeof value),
};
const aString: Expectation = { name: 'string', accepts: isFilledString };
const strings: Expectation = { name: 'string-array', accepts: Array.isArray, acceptsItem: isFilledString };
const objects: Expectation = { name: 'object-array', accepts: Array.isArray, acceptsItem: isObject };

/** A reader of the whole config. `fallbackName` stands in messages about what comes from no file. */
export function createConfigReader(tree: ConfigNode, fallbackName: string): LocatedConfig {
  return readerOf(valueOf(tree) as JsonObject, '', [], { tree, fallbackName });
}

interface Origin {
  readonly tree: ConfigNode;
  readonly fallbackName: string;
}

function readerOf(
  data: JsonObject,
  prefix: string,
  base: readonly (string | number)[],
  origin: Origin,
): LocatedConfig {
  const place = (path: readonly (string | number)[], part?: 'key' | 'value'): ConfigLocation | undefined =>
    locate(origin.tree, [...base, ...path], part);
  const full = (key: string) => (prefix && key ? `${prefix}.${key}` : prefix || key);
  const fileOf = (key: string) => place(pathOf(key))?.file ?? origin.fallbackName;

  function read(key: string | undefined): JsonValue | undefined {
    if (!key) return data;
    const parts = key.split('.');
    if (!parts.every((part) => keyPartPattern.test(part))) throw new TypeError(`Invalid config key '${key}'`);
    let value: JsonValue | undefined = data;
    for (const [index, part] of parts.entries()) {
      if (value === undefined) return undefined;
      if (!isObject(value)) throw wrongType(parts.slice(0, index).join('.'), value, 'object');
      value = Object.hasOwn(value, part) ? value[part] : undefined;
    }
    return value;
  }

  function readAs(key: string, wanted: Expectation): JsonValue | undefined {
    const value = read(key);
    if (value === undefined || value === null) return undefined;
    if (!wanted.accepts(value)) throw wrongType(key, value, wanted.name);
    const items = wanted.acceptsItem && Array.isArray(value) ? value : [];
    for (const [index, item] of items.entries()) {
      if (!wanted.acceptsItem?.(item)) throw wrongType(`${key}[${index}]`, item, wanted.name);
    }
    return value;
  }

  function wrongType(key: string, value: JsonValue, wanted: string): TypeError {
    const name = full(key);
    return new TypeError(
      `Invalid type in config for key '${name}' in '${fileOf(key)}', got ${typeOf(value)}, wanted ${wanted}`,
    );
  }

  function notConvertible(key: string, wanted: string): Error {
    return new Error(
      `Unable to convert config value for key '${full(key)}' in '${fileOf(key)}' to a ${wanted}`,
    );
  }

  function required<T>(key: string | undefined, value: T | undefined): T {
    if (value !== undefined) return value;
    const name = key ?? '';
    throw new Error(`Missing required config value at '${full(name)}' in '${fileOf(name)}'`);
  }

  const within = (value: JsonValue, key: string, path: readonly (string | number)[]) =>
    readerOf(value as JsonObject, full(key), [...base, ...path], origin);

  const config: LocatedConfig = {
    locate: place,
    sourceOf: (path) => sourceOf(origin.tree, [...base, ...path]),
    has: (key) => read(key) !== undefined && read(key) !== null,
    keys: () => Object.keys(data),
    get: <T>(key?: string) => required(key, config.getOptional<T>(key)),
    getOptional: <T>(key?: string) => {
      const value = read(key);
      return (value === null ? undefined : structuredClone(value)) as T | undefined;
    },
    getConfig: (key) => required(key, config.getOptionalConfig(key)),
    getOptionalConfig(key) {
      const value = readAs(key, anObject);
      return value === undefined ? undefined : within(value, key, pathOf(key));
    },
    getConfigArray: (key) => required(key, config.getOptionalConfigArray(key)),
    getOptionalConfigArray(key) {
      const values = readAs(key, objects) as JsonObject[] | undefined;
      return values?.map((value, index) => within(value, `${key}[${index}]`, [...pathOf(key), index]));
    },
    getNumber: (key) => required(key, config.getOptionalNumber(key)),
    getOptionalNumber(key) {
      const value = readAs(key, aNumber);
      if (typeof value !== 'string') return value as number | undefined;
      const number = Number(value);
      if (!Number.isFinite(number)) throw notConvertible(key, 'number');
      return number;
    },
    getBoolean: (key) => required(key, config.getOptionalBoolean(key)),
    getOptionalBoolean(key) {
      const value = readAs(key, aBoolean);
      if (value === undefined || typeof value === 'boolean') return value;
      const text = (typeof value === 'string' ? value : JSON.stringify(value)).trim().toLowerCase();
      if (['y', 'yes', 'true', '1', 'on'].includes(text)) return true;
      if (['n', 'no', 'false', '0', 'off'].includes(text)) return false;
      throw notConvertible(key, 'boolean');
    },
    getString: (key) => required(key, config.getOptionalString(key)),
    getOptionalString: (key) => readAs(key, aString) as string | undefined,
    getStringArray: (key) => required(key, config.getOptionalStringArray(key)),
    getOptionalStringArray: (key) => (readAs(key, strings) as string[] | undefined)?.slice(),
  };
  return config;
}

/** `a.b[0]` as a list of steps. */
function pathOf(key: string): (string | number)[] {
  return key.split('.').flatMap((part) => {
    const [name = '', ...indexes] = part.split(/\[(\d+)\]/).filter(Boolean);
    return [...(name ? [name] : []), ...indexes.map(Number)];
  });
}

function isFilledString(value: JsonValue): boolean {
  return typeof value === 'string' && value !== '';
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value === '') return 'empty-string';
  return Number.isNaN(value) ? 'nan' : typeof value;
}
