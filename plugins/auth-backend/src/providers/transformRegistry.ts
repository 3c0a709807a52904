/** Which profile transforms there are, and which of them run for a provider. */
import { ConflictError } from '@vestibule/backend-plugin-api';
import type { AuthProfileTransformExtensionPoint, ProfileTransform } from '@vestibule/plugin-auth-node';
import type { NamedTransform } from '../policy/signInPolicy.ts';
import { checkAdded, isNameTaken, displayName, unusedWarnings } from './addedNames.ts';

/** The registry behind the extension point. */
export interface TransformRegistry extends AuthProfileTransformExtensionPoint {
  /** Warnings of those added for a provider that is not among the `known`. */
  unused(known: readonly string[]): string[];
  /** Those that run for a provider, in order: its own first. */
  select(providerId: string, own: ProfileTransform<never> | undefined): NamedTransform[];
}

type Added = Parameters<AuthProfileTransformExtensionPoint['add']>[0];

export function createTransformRegistry(): TransformRegistry {
  const added: Added[] = [];

  return {
    add(given) {
      const isRunnable = typeof given?.transform === 'function';
      checkAdded('profile transform', given, isRunnable ? undefined : "'transform' is no function");
      const { provider, name } = given;
      if (isNameTaken(added, given)) {
        throw new ConflictError(
          'ERR_PROFILE_TRANSFORM_NAME_TAKEN',
          `a profile transform named '${name}' was already added for ${displayName(provider)}`,
        );
      }
      added.push(given);
    },

    unused: (known) => unusedWarnings('profile transform', added, known),

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
