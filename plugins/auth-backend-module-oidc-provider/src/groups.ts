/**
 * The groups of a login, for the gate `groups`: out of the claim that config names. Providers write roles at the end of a
 * path (Keycloak's `realm_access.roles`) and as the keys of an object (Zitadel's `urn:zitadel:iam:org:project:roles`);
 * where somebody has too many, some write only where they can be asked for.
 */
import { isObject } from '@vestibule/backend-plugin-api';
import type { OpenIdLogin } from '@vestibule/plugin-auth-node';

type Claims = Readonly<Record<string, unknown>>;

/** What is known of the groups. */
export interface KnownGroups {
  /** Absent where nobody says. */
  groups?: string[];
  /** Why, for the operator. */
  unanswered?: string;
}

/**
 * The groups that userinfo names, or else the ID token. Where neither has the claim, nobody knows: at a refresh too, since
 * a provider may leave the claim out for somebody who has lost the last group.
 */
export function groupsOf(login: OpenIdLogin, claim: string): KnownGroups {
  const { userinfo, claims, idTokenClaims } = login;
  // Without userinfo, what was known before a refresh is in the claims of the login.
  const documents: Claims[] = [userinfo ?? claims, ...(idTokenClaims ? [idTokenClaims] : [])];
  for (const document of documents) {
    const value = valueAt(document, claim);
    if (value !== undefined) return { groups: namesIn(value) };
  }
  const isTooMany = documents.some((document) => isOverage(document, claim));
  return { unanswered: isTooMany ? overage(claim) : missing(claim, documents) };
}

/** A name that has dots itself, such as a URL, comes before a path; so does a longer name on the way. */
function valueAt(document: unknown, path: string): unknown {
  if (!isObject(document)) return undefined;
  if (Object.hasOwn(document, path)) return document[path] ?? undefined;
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(document, name)) continue;
    const value = valueAt(document[name], path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** One text, the texts of a list, or the keys of an object, but for those that it says no to. */
function namesIn(value: unknown): string[] {
  if (isObject(value)) {
    return Object.entries(value).flatMap(([name, held]) => (held === false || held === null ? [] : [name]));
  }
  return [value].flat().filter((group) => typeof group === 'string');
}

/**
 * Aggregated and distributed claims (OpenID Connect Core 1.0 section 5.6.2), by which Entra says that the groups are too
 * many for a token; in some flows it says `hasgroups` instead.
 */
function isOverage(document: Claims, claim: string): boolean {
  const { _claim_names: names, hasgroups } = document;
  const [root = claim] = claim.split('.');
  const isNamed =
    typeof names === 'object' && names !== null && [claim, root].some((name) => Object.hasOwn(names, name));
  return isNamed || (claim === 'groups' && (hasgroups === true || hasgroups === 'true'));
}

function overage(claim: string): string {
  return (
    `The account is in more groups than fit into a token: instead of '${claim}' the provider says where to ask for them ` +
    '(_claim_names), which this portal does not. In Entra, emit only the groups that are assigned to the application, or ' +
    "application roles with 'groupsClaim: roles'."
  );
}

function missing(claim: string, documents: readonly Claims[]): string {
  const names = [...new Set(documents.flatMap((document) => Object.keys(document)))].slice(0, 40).join(', ');
  return `No document of the provider has the claim '${claim}' (groupsClaim); they have ${names}.`;
}
