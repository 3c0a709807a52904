/** What is said of a provider at every start: who may come in by it, and in which order that is found. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { NamedResolver } from '../policy/signInPolicy.ts';
import type { NamedTransform } from '../policy/signInPolicy.ts';
import { nameOf } from './signInProvider.ts';

/** One line for each provider and environment. */
export function logProviderSummary(
  logger: LoggerService,
  options: {
    providerId: string;
    type: string;
    environment?: string;
    /** Absent for a hosted Backstage module, which asks its own. */
    resolvers?: readonly NamedResolver[];
    transforms?: readonly NamedTransform[];
    /** Paths in the config. */
    gates: readonly string[];
    callbackUrl?: string;
  },
): void {
  const { providerId, type, environment, resolvers, transforms = [], gates, callbackUrl } = options;
  const parts = [
    ...(type === providerId ? [] : [`type: ${type}`]),
    ...(transforms.length > 0 ? [`profile transforms: ${inOrder(transforms)}`] : []),
    ...(gates.length > 0 ? [`gates: ${gates.join(', ')}`] : []),
    resolversOf(resolvers),
    // People register it at the vendor.
    ...(callbackUrl === undefined ? [] : [`callback URL: ${callbackUrl}`]),
  ];
  logger.info(`sign-in provider ${nameOf(providerId, environment)}: ${parts.join('; ')}`);
}

function resolversOf(resolvers: readonly NamedResolver[] | undefined): string {
  if (!resolvers) return 'Backstage module, hosted';
  return resolvers.length === 0
    ? 'no sign-in resolver: access delegation only'
    : `resolvers: ${inOrder(resolvers)}`;
}

function inOrder(steps: readonly { name: string; source: string }[]): string {
  return steps.map(({ name, source }) => `${name} (${source})`).join(', then ');
}
