/** The references that an identity may have: an entity's, or, for somebody outside the catalog, an e-mail address. */
import { isFullEntityRef, parseEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';

const plainAddress = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}@[A-Za-z0-9][A-Za-z0-9.-]{0,188}[A-Za-z0-9]$/;

/**
 * References go out whole and in lower case, so that one person has one name everywhere. A name is one that an entity
 * can have, or, where somebody signs in without a user in the catalog, a plain e-mail address.
 *
 * @returns `undefined` for anything else.
 */
export function normalizeIdentityRef(ref: string): string | undefined {
  if (isFullEntityRef(ref)) return stringifyEntityRef(parseEntityRef(ref));
  const [, kind = '', namespace = '', address = ''] = /^([^:/]+):([^:/]+)\/([^:/]+@[^:/]+)$/.exec(ref) ?? [];
  if (!isFullEntityRef(`${kind}:${namespace}/x`) || !isNameOutsideCatalog(address)) return undefined;
  return stringifyEntityRef({ kind, namespace, name: address });
}

/** Whether an e-mail address can stand as the name in a reference. No entity of a catalog can be called so. */
export function isNameOutsideCatalog(address: string): boolean {
  return plainAddress.test(address);
}
