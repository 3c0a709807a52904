/** A copy of an entity with some of its fields. */
import { isObject } from '@vestibule/backend-plugin-api';
import type { Entity } from '@vestibule/catalog-model';

/** Copies the whole entity, or what the paths name. Names may hold dots themselves: `metadata.annotations.acme.org/id`. */
export function selectFields(entity: Entity, paths: readonly string[] | undefined): Entity {
  const copy = structuredClone(entity);
  if (!paths) return copy;
  const selected: Fields = {};
  for (const path of paths) transfer(copy as unknown as Fields, selected, path);
  return selected as unknown as Entity;
}

type Fields = Record<string, unknown>;

function transfer(from: Fields, to: Fields, path: string): void {
  if (Object.hasOwn(from, path)) {
    define(to, path, from[path]);
    return;
  }
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    const inner = Object.hasOwn(from, name) ? from[name] : undefined;
    if (!isObject(inner)) continue;
    if (!Object.hasOwn(to, name)) define(to, name, {});
    if (to[name] !== inner) transfer(inner, to[name] as Fields, path.slice(dot + 1));
    return;
  }
}

/** Unlike an assignment, safe for a key named `__proto__`. */
function define(target: Fields, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
