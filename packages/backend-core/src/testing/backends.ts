/** What the tests of this package start from: a config service, a logger that remembers, promises to settle by hand. */
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createServiceFactory,
  type Config,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import {
  createSpecializedBackend,
  type Backend,
  type SpecializedBackendOptions,
} from '../createSpecializedBackend.ts';
import { BackendStartupError } from '../errors.ts';

/** A config service over plain data; only what the boot reads works. */
export function configFactory(data: object): ServiceFactory {
  const getOptional = (key?: string): unknown =>
    (key === undefined ? [] : key.split('.')).reduce<unknown>(
      (value, step) => (value as Record<string, unknown> | undefined)?.[step],
      data,
    );
  return createServiceFactory({
    service: coreServices.rootConfig,
    deps: {},
    factory: () => ({ getOptional }) as unknown as Config,
  });
}

/** A root logger whose lines are kept. */
export function rememberingLogger(): { lines: string[]; factory: ServiceFactory } {
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  const logger = { error: log, warn: log, info: log, debug: log, child: () => logger };
  return {
    lines,
    factory: createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }),
  };
}

/** A backend without defaults, with these features and short deadlines. */
export function backendOf(
  features: readonly Parameters<Backend['add']>[0][],
  options: Partial<SpecializedBackendOptions> = {},
): Backend {
  const backend = createSpecializedBackend({ defaultServiceFactories: [], ...options });
  for (const feature of features) backend.add(feature);
  return backend;
}

/** Starts, and expects that to fail. */
export async function failedStart(backend: Backend): Promise<BackendStartupError> {
  try {
    await backend.start();
  } catch (error) {
    if (error instanceof BackendStartupError) return error;
    throw error;
  }
  await backend.stop();
  throw new Error('the backend started');
}

/** A text without the lines that tell where in these tests something was thrown or added. */
export function withoutPlaces(text: string): string {
  return text.replaceAll(/\n *(at|added at) \S.*:\d+:\d+\)?$/gm, '');
}

/** A plugin that needs nothing. */
export function emptyPlugin(pluginId: string, init: () => void | Promise<void> = () => {}) {
  return createBackendPlugin({
    pluginId,
    register: ({ registerInit }) => registerInit({ deps: {}, init }),
  });
}

/** A module that needs nothing. */
export function emptyModule(pluginId: string, moduleId: string, init: () => void | Promise<void> = () => {}) {
  return createBackendModule({
    pluginId,
    moduleId,
    register: ({ registerInit }) => registerInit({ deps: {}, init }),
  });
}

/** A promise that never settles. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
