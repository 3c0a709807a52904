/** Paths into the config: lists of keys inside, dotted text outside. */
import type { Config } from './config.ts';

/** Keys and array indexes from the root to a value. @public */
export type ConfigPath = readonly (string | number)[];

/** The path as users write it: `a.b[0].c`; a key that is not a plain word stands in brackets: `a["x.y"]`. @public */
export function formatConfigPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w$-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** The steps of a dotted key, which may index lists: `a.b[0].c`. @public */
export function parseConfigKey(key: string | undefined): (string | number)[] {
  return (key ?? '').split('.').flatMap((part) =>
    part
      .split(/\[(\d+)\]/)
      .map((piece, index) => (index % 2 === 1 ? Number(piece) : piece))
      .filter((step) => step !== ''),
  );
}

/** The value at a dotted key, which may index lists; the config's own getters cannot. */
export function readAt(config: Config, key: string | undefined): unknown {
  const steps = parseConfigKey(key);
  const firstIndex = steps.findIndex((step) => typeof step === 'number');
  if (firstIndex === -1) return config.getOptional(key);
  return valueAt(config.getOptional(steps.slice(0, firstIndex).join('.')), steps.slice(firstIndex));
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
