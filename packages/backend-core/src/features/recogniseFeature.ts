/**
 * Recognises features by their shape, never by their class: two copies of a package, and Backstage's own packages, are
 * as good as ours.
 */
import type {
  FeatureLoader,
  RegistrationsFeature,
  ServiceDecorator,
  ServiceFactory,
  ServiceRef,
} from '@vestibule/backend-plugin-api';

import { describeValue, hintForUndefined } from './describeValue.ts';

/** A feature, told apart. */
export type RecognisedFeature =
  | { readonly kind: 'registrations'; readonly feature: RegistrationsFeature }
  | { readonly kind: 'service'; readonly factory: ServiceFactory }
  | { readonly kind: 'decorator'; readonly decorator: ServiceDecorator }
  | { readonly kind: 'loader'; readonly loader: FeatureLoader };

const featureType = '@backstage/BackendFeature';
const featureFactoryType = '@backstage/BackendFeatureFactory';
const knownVersion = 'v1';

/** What was added is no feature that this backend knows. */
export interface UnknownFeature {
  readonly kind: 'unknown';
  /** What came instead, to follow the name of what was added. */
  readonly found: string;
  /** The next step, where it is not the usual one. */
  readonly hint?: string;
}

/**
 * The feature in what was added: the thing itself, the default export of a module, or the default of that (a CommonJS
 * module seen through `import()`).
 *
 * @returns The feature, or a description of what was found instead.
 */
export function recogniseFeature(added: unknown): RecognisedFeature | UnknownFeature {
  const found = unwrap(added);
  if (typeof found !== 'object' || found === null) return unknownType(added);
  const candidate = found as Partial<
    Record<'version' | 'service' | 'featureType' | 'loader' | 'getRegistrations', unknown>
  >;
  if (candidate.version !== knownVersion) {
    return unknown(
      `received ${nameOf(found)} of the unknown version '${String(candidate.version)}'; this backend knows '${knownVersion}'`,
      'It was made for another generation of backends: install a version of its package that this one knows, or update @vestibule/backend-core.',
    );
  }
  if (isServiceDecorator(found)) return { kind: 'decorator', decorator: found };
  const wrong = wrongDepOf(found);
  if (wrong) {
    const [name, value] = wrong;
    return unknown(
      `received ${nameOf(found)}, whose '${name}' in its deps is no reference, but ${describeValue(value)}`,
      value === undefined ? hintForUndefined : undefined,
    );
  }
  if (candidate.service !== undefined || candidate.featureType === 'service') {
    return isServiceFactory(found)
      ? { kind: 'service', factory: found }
      : unknown(
          `received ${nameOf(found)}, which is a service factory without a service reference, deps that are references, or a factory function`,
        );
  }
  if (candidate.featureType === 'loader') {
    return typeof candidate.loader === 'function'
      ? { kind: 'loader', loader: found as FeatureLoader }
      : unknown('received a feature loader without a loader function');
  }
  if (typeof candidate.getRegistrations === 'function') {
    return { kind: 'registrations', feature: found as RegistrationsFeature };
  }
  return unknown(
    `received ${nameOf(found)} of the unknown type '${String(candidate.featureType)}'; this backend knows 'registrations', 'service' and 'loader'`,
  );
}

function unknown(found: string, hint?: string): UnknownFeature {
  return { kind: 'unknown', found, ...(hint !== undefined && { hint }) };
}

/** Backstage marks all that it adds to something, be it another side's or a later generation's. */
function unknownType(added: unknown): UnknownFeature {
  const mark = markOf(added);
  if (mark === undefined) return unknown(`received ${describeValue(added)}`);
  return unknown(
    `received something of the type '${mark}'; this backend knows '${featureType}'`,
    'It is for another host, or for another generation of backends. The page of its package says where it is added.',
  );
}

/** The mark of what was added, or of its default export. */
function markOf(added: unknown): string | undefined {
  let current = added;
  for (let depth = 0; depth <= 2; depth++) {
    if ((typeof current !== 'object' && typeof current !== 'function') || current === null) return undefined;
    const { $$type } = current as { $$type?: unknown };
    if (typeof $$type === 'string') return $$type;
    current = (current as { default?: unknown }).default;
  }
  return undefined;
}

/** What a feature says of itself. */
function nameOf(feature: object): string {
  const { service, pluginId, moduleId, id, description } = feature as Record<string, unknown>;
  const serviceId = (service as { id?: unknown } | null | undefined)?.id;
  if (typeof serviceId === 'string') return `the factory of service '${serviceId}'`;
  if (typeof pluginId === 'string') {
    return typeof moduleId === 'string'
      ? `module '${moduleId}' of plugin '${pluginId}'`
      : `plugin '${pluginId}'`;
  }
  const name = [id, description].find((text) => typeof text === 'string' && text !== '');
  return typeof name === 'string' ? `a feature, '${name}',` : 'a feature';
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
    Object.values(deps).every(isReference) &&
    typeof factory === 'function'
  );
}

/** A decorator is a factory, too, for hosts that know none. */
export function isServiceDecorator(value: object): value is ServiceDecorator {
  const { decorator } = value as Partial<ServiceDecorator>;
  return (
    isServiceFactory(value) &&
    typeof decorator === 'object' &&
    typeof decorator.decorate === 'function' &&
    isServiceFactory({ ...value, deps: decorator.deps })
  );
}

/** The name of a dependency that is no reference, where that is all that is wrong with a factory or decorator. */
function wrongDepOf(feature: object): [string, unknown] | undefined {
  const { deps, decorator } = feature as { deps?: unknown; decorator?: { deps?: unknown } };
  const given = decorator?.deps ?? deps;
  if (typeof given !== 'object' || given === null) return undefined;
  const wrong = Object.entries(given).find(([, ref]) => !isReference(ref));
  return wrong && isServiceFactory({ ...feature, deps: {} }) ? wrong : undefined;
}

function isReference(value: unknown): boolean {
  return typeof (value as Partial<ServiceRef<unknown>> | null | undefined)?.id === 'string';
}
