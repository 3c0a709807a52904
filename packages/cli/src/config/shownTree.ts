/** A config as it may be shown: its values without secrets, each with its origin. */
import { formatConfigPath, type JsonValue } from '@vestibule/backend-plugin-api';
import type { ConfigMask } from './maskConfig.ts';

type Path = readonly (string | number)[];

/** A value, a list or a mapping. */
export type ShownNode =
  | {
      readonly kind: 'value';
      readonly value: string | number | boolean | null;
      /** As in errors. */
      readonly key: string;
      /** In words; absent for what came from nowhere. */
      readonly origin?: string;
    }
  | { readonly kind: 'list'; readonly items: readonly ShownNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, ShownNode])[] };

/** @param path - Of the value, from the root of the config. */
export function shownTree(
  value: JsonValue,
  path: Path,
  mask: ConfigMask,
  originOf: (path: Path) => string | undefined,
): ShownNode {
  const within = (member: JsonValue, step: string | number) =>
    shownTree(member, [...path, step], mask, originOf);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(within) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[mask.showText(key), within(member, key)] as const],
    );
    return { kind: 'map', entries };
  }
  const origin = originOf(path);
  return {
    kind: 'value',
    value: mask.show(path, value),
    key: mask.showText(formatConfigPath(path)),
    ...(origin !== undefined && { origin: mask.showText(origin) }),
  };
}
