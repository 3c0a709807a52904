/** Feature loaders: features that decide at start-up, for example from config, what else to add. */
import type { ConfigSchema } from '../config/configSchema.ts';
import { rememberCallSite } from '../errors/stackFrames.ts';
import type { ValuesOf } from './dependencies.ts';
import type { ServiceDeps } from './references.ts';
import type { BackendFeature, FeatureLoader } from './registrations.ts';

/** A feature, or a module (or a promise of one) whose default export is one. @public */
export type LoadableFeature =
  BackendFeature | Promise<BackendFeature | { default: unknown }> | { default: unknown };

/**
 * Creates a feature loader, ready for `backend.add(…)`.
 *
 * @param options - `deps`: root services only. `configSchema`: of the keys by which it decides. `description`: what
 *   it is called in messages, by default the place where it was created. `loader`: returns the features, or yields them one
 *   by one.
 * @public
 */
export function createBackendFeatureLoader<
  TDeps extends ServiceDeps<'root'> = Record<never, never>,
>(options: {
  deps?: TDeps;
  configSchema?: ConfigSchema;
  description?: string;
  loader(
    values: ValuesOf<TDeps>,
  ): Iterable<LoadableFeature> | Promise<Iterable<LoadableFeature>> | AsyncIterable<LoadableFeature>;
}): FeatureLoader {
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'loader',
    description:
      options.description ?? `feature loader created at ${rememberCallSite(createBackendFeatureLoader)()}`,
    deps: options.deps ?? {},
    ...(options.configSchema && { configSchema: options.configSchema }),
    async loader(values) {
      const features: unknown[] = [];
      for await (const feature of await options.loader(values as ValuesOf<TDeps>)) features.push(feature);
      return features;
    },
  };
}
