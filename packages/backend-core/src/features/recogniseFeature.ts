/**
 * Recognises features by their shape, never by their class: two copies of a package, and Backstage's own packages, are
 * as good as ours.
 */
import type {
  FeatureLoader,
  RegistrationsFeature,
  ServiceFactory,
  ServiceRef,
} from '@vestibule/backend-plugin-api';

/** A feature, told apart. */
export type RecognisedFeature =
  | { readonly kind: 'registrations'; readonly feature: RegistrationsFeature }
  | { readonly kind: 'service'; readonly factory: ServiceFactory }
  | { readonly kind: 'loader'; readonly loader: FeatureLoader };

const featureType = '@backstage/BackendFeature';
const featureFactoryType = '@backstage/BackendFeatureFactory';

/**
 * The feature in what was added: the thing itself, the default export of a module, or the default of that (a CommonJS
 * module seen through `import()`).
 *
 * @returns The feature, or a description of what was found instead.
 */
export function recogniseFeature(added: unknown): RecognisedFeature | string {
  const found = unwrap(added);
  if (typeof found !== 'object' || found === null) return `received ${describe(added)}`;
  const candidate = found as Partial<
    Record<'version' | 'service' | 'featureType' | 'loader' | 'getRegistrations', unknown>
  >;
  if (candidate.version !== 'v1')
    return `received a feature of the unknown version '${String(candidate.version)}'`;
  if (candidate.service !== undefined || candidate.featureType === 'service') {
    return isServiceFactory(found)
      ? { kind: 'service', factory: found }
      : 'received a service factory without a service reference, deps that are references, or a factory function';
  }
  if (candidate.featureType === 'loader') {
    return typeof candidate.loader === 'function'
      ? { kind: 'loader', loader: found as FeatureLoader }
      : 'received a feature loader without a loader function';
  }
  if (typeof candidate.getRegistrations === 'function') {
    return { kind: 'registrations', feature: found as RegistrationsFeature };
  }
  return `received a feature of the unknown type '${String(candidate.featureType)}'`;
}

/** A service factory, also in its older forms: a function that returns it. */
export function asServiceFactory(given: unknown): ServiceFactory | undefined {
  if (isServiceFactory(given)) return given;
  if (typeof given !== 'function') return undefined;
  const made: unknown = (given as () => unknown)();
  return isServiceFactory(made) ? made : undefined;
}

function unwrap(added: unknown): unknown {
  let current = added;
  for (let depth = 0; depth <= 2; depth++) {
    if ((typeof current !== 'object' && typeof current !== 'function') || current === null) return undefined;
    const { $$type } = current as { $$type?: unknown };
    if ($$type === featureType) return typeof current === 'function' ? { ...current } : current;
    if ($$type === featureFactoryType && typeof current === 'function')
      return unwrap((current as () => unknown)());
    current = (current as { default?: unknown }).default;
  }
  return undefined;
}

function isServiceFactory(value: unknown): value is ServiceFactory {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const { service, deps, factory } = value as Partial<ServiceFactory>;
  return (
    typeof service === 'object' &&
    service !== null &&
    typeof service.id === 'string' &&
    (service.scope === 'root' || service.scope === 'plugin') &&
    typeof deps === 'object' &&
    deps !== null &&
    Object.values(deps).every(
      (ref: unknown) => typeof (ref as Partial<ServiceRef<unknown>> | undefined)?.id === 'string',
    ) &&
    typeof factory === 'function'
  );
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object') return `a value of type ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with the keys ${keys.slice(0, 8).join(', ')}`;
}
