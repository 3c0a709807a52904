/** Paths into the config: lists of keys inside, dotted text outside. */

/** Keys and array indexes from the root to a value. */
export type ConfigPath = readonly (string | number)[];

/** The path as users write it: `a.b[0].c`; a key that is not a plain word stands in brackets: `a["x.y"]`. */
export function formatConfigPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The keys of a dotted path as the config service takes it. */
export function parseConfigKey(key: string | undefined): string[] {
  return key ? key.split('.') : [];
}

/** The value at a path, `undefined` where there is none. Own properties only. */
export function valueAt(value: unknown, path: ConfigPath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
