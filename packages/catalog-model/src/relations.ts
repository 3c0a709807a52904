/** Names of relations, each with its opposite below it. */

/** From a user to a group. @public */
export const RELATION_MEMBER_OF = 'memberOf';
/** From a group to a user. @public */
export const RELATION_HAS_MEMBER = 'hasMember';

/** From a group to the groups under it. @public */
export const RELATION_PARENT_OF = 'parentOf';
/** From a group to the group above it. @public */
export const RELATION_CHILD_OF = 'childOf';

/** From an entity to the user or group that owns it. @public */
export const RELATION_OWNED_BY = 'ownedBy';
/** From a user or group to what it owns. @public */
export const RELATION_OWNER_OF = 'ownerOf';
