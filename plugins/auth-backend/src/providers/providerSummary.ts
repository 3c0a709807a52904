/**
 * What is said of a provider at every start, and by whoever judges a config: who can sign in by it, and in which order that is
 * found.
 */
import type { NamedResolver, NamedTransform } from '../policy/signInPolicy.ts';
import type { CatalogPlace } from './catalogPlace.ts';
import { nameOf, type NobodyAdmitted } from './signInProvider.ts';

/** One line for each provider and environment. */
export function providerSummary(
  catalog: CatalogPlace,
  options: {
    providerId: string;
    type: string;
    environment?: string;
    /** Absent for a hosted Backstage module, which asks its own. */
    resolvers?: readonly NamedResolver[];
    transforms?: readonly NamedTransform[];
    /** Paths in the config. */
    gates: readonly string[];
    /** Whom a provider lets in that reads each request, see `ProxyAdmission`. */
    admits?: string;
    nobody?: NobodyAdmitted;
    callbackUrl?: string;
    /** Where the browser comes back to from signing out at the provider. */
    returnUrl?: string;
    /** Where the provider says that its session has ended. */
    logoutTokenUrl?: string;
  },
): string {
  const {
    providerId,
    type,
    environment,
    resolvers,
    transforms = [],
    gates,
    admits,
    nobody,
    callbackUrl,
    returnUrl,
    logoutTokenUrl,
  } = options;
  const parts = [
    ...(type === providerId ? [] : [`type: ${type}`]),
    ...(transforms.length > 0 ? [`profile transforms: ${inOrder(transforms)}`] : []),
    ...(gates.length > 0 ? [`gates: ${gates.join(', ')}`] : []),
    resolversOf(resolvers),
    ...lookedUp(resolvers ?? [], catalog),
    ...(admits === undefined ? [] : [`lets in: ${admits}`]),
    ...(nobody ? [`nobody can sign in by it: it ${nobody.why}`] : []),
    // People register it at the vendor.
    ...(callbackUrl === undefined ? [] : [`callback URL: ${callbackUrl}`]),
    ...(returnUrl === undefined ? [] : [`post-logout redirect URI: ${returnUrl}`]),
    ...(logoutTokenUrl === undefined ? [] : [`back-channel logout URI: ${logoutTokenUrl}`]),
  ];
  return `sign-in provider ${nameOf(providerId, environment)}: ${parts.join('; ')}`;
}

function resolversOf(resolvers: readonly NamedResolver[] | undefined): string {
  if (!resolvers) return 'Backstage module, hosted';
  return resolvers.length === 0
    ? 'no sign-in resolver: access delegation only'
    : `resolvers: ${inOrder(resolvers)}`;
}

function lookedUp(resolvers: readonly NamedResolver[], { isThere, says }: CatalogPlace): string[] {
  const asked = [...new Set(resolvers.flatMap(({ looksUp }) => looksUp ?? []))];
  if (asked.length === 0) return [];
  return [
    `looked up by ${asked.join(', then ')} ${isThere ? `in ${says}` : `, but ${says}`}`.replace(' ,', ','),
  ];
}

function inOrder(steps: readonly { name: string; source: string }[]): string {
  return steps.map(({ name, source }) => `${name} (${source})`).join(', then ');
}
