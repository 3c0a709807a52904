/**
 * The references that an identity may have: an entity's; for somebody outside the catalog an e-mail address; and what a
 * resolver issues besides, as Backstage's modules do: `user:default/jane doe`, `group:default//acme/team-a`.
 *
 * Backstage takes whatever its own `parseEntityRef` reads. Here too, unless somebody who reads the reference could take it
 * for another: those who sign in often choose their names at the provider themselves.
 */
import {
  isFullEntityRef,
  isNormalEntityRef,
  isValidEntityKind,
  parseEntityRef,
  stringifyEntityRef,
} from '@vestibule/catalog-model';

/** Backstage's own tables hold no longer ones, and a token has to carry them. */
const maximumLength = 255;

const plainAddress = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}@[A-Za-z0-9][A-Za-z0-9.-]{0,188}[A-Za-z0-9]$/;

/** What a text is that somebody gave for a reference. @public */
export type IdentityRef =
  | {
      /** Whole and in lower case, so that one person has one name everywhere. */
      ref: string;
      /** Whether it is beyond what an entity can be called, and no address. */
      isUnusual: boolean;
    }
  | {
      /** `ERR_IDENTITY_REF_UNSAFE`: it could be taken for another. */
      code: 'ERR_IDENTITY_REF_INVALID' | 'ERR_IDENTITY_REF_UNSAFE';
      /** Goes on after the reference: `holds '|'`. */
      problem: string;
    };

/** Reads a reference that is issued, whatever was given for one. @public */
export function readIdentityRef(given: unknown): IdentityRef {
  if (typeof given !== 'string') return invalid('is no text');
  if (isNormalEntityRef(given)) return { ref: given, isUnusual: false };
  if (isFullEntityRef(given)) return { ref: stringifyEntityRef(parseEntityRef(given)), isUnusual: false };
  const [, kind = '', namespace = '', name = ''] = /^([^:/]*):([^/]*)\/(.*)$/s.exec(given) ?? [];
  if ([kind, namespace, name].includes('')) {
    return invalid('is no full entity reference, such as user:default/jane');
  }
  if (!isValidEntityKind(kind)) return invalid('has a kind that no entity can have');
  const problem = ambiguityOf(given, { namespace, name });
  if (problem !== undefined) return { code: 'ERR_IDENTITY_REF_UNSAFE', problem };
  const isAddress = isFullEntityRef(`${kind}:${namespace}/x`) && isNameOutsideCatalog(name);
  return { ref: inLowerCase(given), isUnusual: !isAddress };
}

/** The reference that an entry of a gate names, as it would be issued; `undefined` for anything else. @public */
export function normalizeIdentityRef(entry: string): string | undefined {
  const read = readIdentityRef(entry);
  if (!('ref' in read)) return undefined;
  // A provider's own groups may look like references of other kinds.
  return read.isUnusual && !/^(?:user|group):/.test(read.ref) ? undefined : read.ref;
}

/** Whether an e-mail address can stand as the name in a reference. No entity of a catalog can be called so. @public */
export function isNameOutsideCatalog(address: string): boolean {
  return plainAddress.test(address);
}

/** What could make somebody take a reference for another one. */
function ambiguityOf(ref: string, parts: { namespace: string; name: string }): string | undefined {
  if (ref.length > maximumLength) return `is longer than ${maximumLength} characters`;
  for (const character of ['|', ':']) {
    // Who splits at these would read another kind, or two references.
    if (Object.values(parts).some((part) => part.includes(character))) return `holds '${character}'`;
  }
  // Controls, formats, lone surrogates, what is assigned to nothing, fillers, the empty Braille cell, and separators but for
  // the space.
  if (/(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(ref))
    return 'holds a character that cannot be seen';
  if (Object.values(parts).some((part) => part !== part.trim())) return 'begins or ends with a space';
  // Dots are removed from paths (RFC 3986 section 5.2.4), and `%2e` is one (section 6.2.2.2).
  if (/%[\da-f]{2}/i.test(ref)) return 'could be taken for another path';
  // A URL parser takes `\` for a slash.
  const segments = [parts.namespace, ...parts.name.split(/[/\\]/)];
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return 'could be taken for another path';
  }
  if ([...ref].some(isFolded)) return 'holds a letter that becomes another one in lower case';
  const lower = inLowerCase(ref);
  return lower === lower.normalize('NFC')
    ? undefined
    : 'holds a character that Unicode writes in another way';
}

/** Whether its lower case is that of another letter: the Kelvin sign becomes a k, somebody else's name. */
function isFolded(letter: string): boolean {
  const lower = inLowerCase(letter);
  return lower !== letter && lower.toLocaleUpperCase('en-US') !== letter;
}

/** As Backstage writes references. */
function inLowerCase(text: string): string {
  return text.toLocaleLowerCase('en-US');
}

function invalid(problem: string): IdentityRef {
  return { code: 'ERR_IDENTITY_REF_INVALID', problem };
}
