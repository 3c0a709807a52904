/** The one error of this package. It has a code of its own, not a class of the framework: this package needs nobody. */

/** A reference to an entity is incomplete or malformed. A TypeError, as Backstage's is. @public */
export class EntityRefError extends TypeError {
  override readonly name = 'EntityRefError';
  readonly code = 'ERR_ENTITY_REF_INVALID';
}
