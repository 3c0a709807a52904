/** Entities of the software catalog, as far as sign-in reads them. */

/** Any entity. @public */
export interface Entity {
  apiVersion: string;
  /** For example `User` or `Group`; compared without regard to letter case. */
  kind: string;
  metadata: EntityMeta;
  spec?: Record<string, unknown>;
  /** Computed by the catalog. Ownership reads these, never `spec.memberOf`. */
  relations?: EntityRelation[];
}

/** What every entity says of itself, whatever its kind. @public */
export interface EntityMeta {
  name: string;
  /** Default: `default`. */
  namespace?: string;
  uid?: string;
  etag?: string;
  title?: string;
  description?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  tags?: string[];
  [key: string]: unknown;
}

/** What an entity has to do with another one. @public */
export interface EntityRelation {
  /** For example `memberOf`, `childOf`, `ownedBy`. */
  type: string;
  /** Full entity reference, for example `group:default/team-a`. */
  targetRef: string;
}

/** The three parts of a full entity reference. @public */
export interface CompoundEntityRef {
  kind: string;
  namespace: string;
  name: string;
}
