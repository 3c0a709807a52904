/** Which profile transforms there are, and which of them run for a provider. */
import { ConflictError } from '@vestibule/backend-plugin-api';
import type { AuthProfileTransformExtensionPoint, ProfileTransform } from '@vestibule/plugin-auth-node';
import type { NamedTransform } from '../resolution/signInPolicy.ts';

/** The registry behind the extension point. */
export interface TransformRegistry extends AuthProfileTransformExtensionPoint {
  /** The names of those that modules added for this one provider. */
  addedFor(providerId: string): string[];
  /** Those that run for a provider, in order: its own first. */
  select(providerId: string, own: ProfileTransform<never> | undefined): NamedTransform[];
}

type Added = Parameters<AuthProfileTransformExtensionPoint['add']>[0];

export function createTransformRegistry(): TransformRegistry {
  const added: Added[] = [];

  return {
    add(given) {
      const isTaken = added.some(
        ({ name, provider }) =>
          name === given.name && (provider === given.provider || [provider, given.provider].includes('*')),
      );
      if (isTaken) {
        throw new ConflictError(
          'ERR_PROFILE_TRANSFORM_NAME_TAKEN',
          `a profile transform named '${given.name}' was already added for ${given.provider === '*' ? 'some provider' : `'${given.provider}'`}`,
        );
      }
      added.push(given);
    },

    addedFor: (providerId) => added.filter(({ provider }) => provider === providerId).map(({ name }) => name),

    select: (providerId, own) => [
      ...(own ? [named('default', 'provider', own)] : []),
      ...added
        .filter(({ provider }) => provider === providerId || provider === '*')
        .map(({ name, transform }) => named(name, 'module', transform)),
    ],
  };
}

function named(
  name: string,
  source: NamedTransform['source'],
  transform: ProfileTransform<never>,
): NamedTransform {
  // Each transform is only ever given results of the provider for which it was added.
  return { name, source, transform: transform as ProfileTransform };
}
