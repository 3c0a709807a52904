/** Where the references of sign-in find their default factories. */
import type { ServiceFactory } from '@vestibule/backend-plugin-api';

/**
 * The factory that the implementation exports under a name. The compiler follows a bare literal only: that package imports
 * this one, and a typed import would be a cycle. A bundler follows this one, too.
 * @see docs/decisions/15-catalog-reference-carries-a-default.md
 */
export async function defaultServiceFactory(name: string): Promise<ServiceFactory> {
  const factories = (await import('@vestibule/plugin-auth-backend/services' satisfies string)) as Readonly<
    Record<string, ServiceFactory>
  >;
  const factory = factories[name];
  if (factory) return factory;
  throw new Error(
    `@vestibule/plugin-auth-backend/services has no ${name}; both packages of sign-in have to be of one version`,
  );
}
