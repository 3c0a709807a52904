/** Starts a whole backend for a test, on a port of its own. Tied to no test runner. */
import { createSpecializedBackend, type Addable, type Backend } from '@vestibule/backend-core';
import {
  createRootConfigFactory,
  createRootLogger,
  defaultServiceFactories,
  httpServerServiceRef,
} from '@vestibule/backend-defaults';
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type JsonObject,
} from '@vestibule/backend-plugin-api';

/** Options of {@link startTestBackend}. @public */
export interface TestBackendOptions {
  /** What to add. Service factories among them replace the defaults, the config and the logger included. */
  features?: readonly (Addable | Promise<Addable>)[];
  /** The whole config, instead of files. The environment does not count. */
  config?: JsonObject;
  /** As `backend.listen` in config, which wins. Default: a free port on 127.0.0.1. */
  listen?: string | number | { host?: string; port?: number };
  /** Receives the log, one JSON object a line, from level `debug` on. Default: nothing is written. */
  log?(line: string): void;
}

/** A backend that runs. @public */
export interface TestBackend extends AsyncDisposable {
  readonly backend: Backend;
  /** Where it listens, for example `http://127.0.0.1:40123`; plugins are under `/api/<pluginId>`. */
  readonly url: string;
  /** Stops it. The same as disposing of it. */
  stop(): Promise<void>;
}

/**
 * Starts a backend with the default services of `@vestibule/backend-defaults`.
 *
 * @example
 * ```ts
 * await using started = await startTestBackend({ features: [helloPlugin], config: { hello: { name: 'Jane' } } });
 * const response = await fetch(`${started.url}/api/hello`);
 * ```
 * @throws BackendStartupError as `backend.start()` does; nothing is left running then.
 * @public
 */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const { features = [], config = {}, listen = { host: '127.0.0.1', port: 0 }, log } = options;
  const ofBackend = config.backend as JsonObject | undefined;
  let url = '';
  const backend = createSpecializedBackend({
    defaultServiceFactories: [
      ...defaultServiceFactories,
      createRootConfigFactory({ data: { ...config, backend: { listen, ...ofBackend } } }),
      createServiceFactory({
        service: coreServices.rootLogger,
        deps: {},
        factory: () =>
          createRootLogger({ level: log ? 'debug' : 'error', format: 'json', write: log ?? (() => {}) }),
      }),
      createServiceFactory({
        service: createServiceRef<string>({ id: 'vestibule.testBackendUrl', scope: 'root' }),
        deps: { server: httpServerServiceRef },
        factory: ({ server }) => (url = server.url()),
      }),
    ],
  });
  for (const feature of features) backend.add(feature);
  await backend.start();
  const stop = () => backend.stop();
  return { backend, url, stop, [Symbol.asyncDispose]: stop };
}
