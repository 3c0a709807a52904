/**
 * The types of providers: those that modules register, those that are services, and what decorators make of them. An
 * instance in config names one by its `type`.
 */
import { ConflictError } from '@vestibule/backend-plugin-api';
import {
  providerDefinitionOf,
  type AuthProvider,
  type AuthProviderFactory,
  type AuthProvidersExtensionPoint,
  type ProviderDefinition,
} from '@vestibule/plugin-auth-node';
import { AuthSetupError } from '../errors.ts';

/** A type, as instances are made of it. */
export interface ProviderType {
  readonly factory: AuthProviderFactory;
  /** After all decorators; absent for a Backstage module. */
  readonly definition?: ProviderDefinition;
}

/** The registry behind the extension point. */
export interface ProviderTypes extends AuthProvidersExtensionPoint {
  /** Takes the services for registered too. The same factory twice is one type. @throws `ERR_PROVIDER_REGISTERED_TWICE`. */
  addServices(services: readonly AuthProvider[]): void;
  /** By id. @throws `ERR_PROVIDER_DECORATION_INVALID`. */
  all(): ReadonlyMap<string, ProviderType>;
}

type Decoration = Parameters<AuthProvidersExtensionPoint['decorateProvider']>[0];

export function createProviderTypes(): ProviderTypes {
  const factories = new Map<string, AuthProviderFactory>();
  const decorations: Decoration[] = [];

  function registerProvider({ providerId, factory }: AuthProvider): void {
    const earlier = factories.get(providerId);
    if (earlier === factory) return;
    if (earlier) {
      throw new ConflictError(
        'ERR_PROVIDER_REGISTERED_TWICE',
        `Auth provider '${providerId}' was already registered`,
        { hint: hintOfTwo(earlier, factory) },
      );
    }
    factories.set(providerId, factory);
  }

  return {
    registerProvider,
    decorateProvider: (decoration) => void decorations.push(decoration),
    addServices: (services) => services.forEach(registerProvider),

    all() {
      const types = new Map(
        [...factories].map(([id, factory]): [string, ProviderType] => {
          const definition = providerDefinitionOf(factory);
          return [id, { factory, ...(definition && { definition }) }];
        }),
      );
      for (const { providerId, decorate } of decorations) {
        const type = types.get(providerId);
        if (!type) {
          throw invalid(providerId, 'no module provides it', [...types.keys()]);
        }
        if (!type.definition)
          throw invalid(providerId, 'it is a Backstage module, which nobody can decorate');
        types.set(providerId, { ...type, definition: decorated(providerId, type.definition, decorate) });
      }
      return types;
    },
  };
}

/** Both may be wanted, by mistake: the default backend and `createAuthRouter` bring ours. */
function hintOfTwo(...both: readonly AuthProviderFactory[]): string {
  const isOurs = both.map((factory) => providerDefinitionOf(factory) !== undefined);
  if (isOurs[0] === isOurs[1]) return 'Two modules register it; remove one of the backend.add(…) lines.';
  return (
    "One is Vestibule's, the other was made for Backstage's auth backend. Keep one: remove a backend.add(…) line, leave " +
    'ours out of providerFactories, or use createBackend() instead of the default backend, which brings ours.'
  );
}

function decorated(
  providerId: string,
  definition: ProviderDefinition,
  decorate: Decoration['decorate'],
): ProviderDefinition {
  let result: unknown;
  try {
    result = decorate(definition);
  } catch (error) {
    throw invalid(providerId, 'the decorator threw', undefined, error);
  }
  if (isDefinition(result) && result.kind === definition.kind) return result;
  throw invalid(providerId, `the decorator returned no definition of the kind '${definition.kind}'`);
}

/** What would only be missed when somebody signs in. */
function isDefinition(value: unknown): value is ProviderDefinition {
  const { title, configSchema, create } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof title === 'string' &&
    typeof configSchema === 'object' &&
    configSchema !== null &&
    '~standard' in configSchema &&
    typeof create === 'function'
  );
}

function invalid(
  providerId: string,
  why: string,
  known?: readonly string[],
  cause?: unknown,
): AuthSetupError {
  return new AuthSetupError(
    'ERR_PROVIDER_DECORATION_INVALID',
    `provider '${providerId}' cannot be decorated: ${why}`,
    {
      ...(known && { hint: `There are: ${known.join(', ') || 'none'}.` }),
      ...(cause !== undefined && { cause }),
    },
  );
}
