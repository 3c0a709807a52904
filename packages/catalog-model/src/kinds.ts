/** The kinds that sign-in knows. */
import type { Entity } from './entity.ts';
import { equalsIgnoringAsciiCase } from './letterCase.ts';

/** Whether an entity is a person. @public */
export function isUserEntity(entity: Entity): boolean {
  return equalsIgnoringAsciiCase(entity.kind, 'user');
}

/** Whether an entity is a group of people. @public */
export function isGroupEntity(entity: Entity): boolean {
  return equalsIgnoringAsciiCase(entity.kind, 'group');
}
