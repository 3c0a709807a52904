/** Where the references of sign-in find their default factories. */
import type { ServiceFactory } from '@vestibule/backend-plugin-api';

/**
 * The package is named in a variable because it imports this one: a static import would be a cycle.
 * @see docs/decisions/15-catalog-reference-carries-a-default.md
 */
const defaultImplementations: string = '@vestibule/plugin-auth-backend/services';

/** The factory that the implementation exports under a name. */
export async function defaultServiceFactory(name: string): Promise<ServiceFactory> {
  const factories = (await import(defaultImplementations)) as Readonly<Record<string, ServiceFactory>>;
  const factory = factories[name];
  if (factory) return factory;
  throw new Error(
    `${defaultImplementations} has no ${name}; both packages of sign-in have to be of one version`,
  );
}
