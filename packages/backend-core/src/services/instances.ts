/**
 * Makes services: each factory runs once for the backend or once for each plugin, after what it depends on, and every
 * finished value is bound in the container of its scope. Failures are kept, so that a factory is never run again.
 */
import type { DependencyRef, ServiceRef } from '@vestibule/backend-plugin-api';
import type { InitTasks } from '../boot/initTasks.ts';
import type { Scope } from '../container/scope.ts';
import { providerLabel, providerStep, type Provider } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { disposeNow } from '../lifecycle/disposal.ts';
import { createProblem, ProblemError } from '../problems/startupProblem.ts';
import type { Consumer, Instance } from './instance.ts';
import { builtInValue, type BuiltInSources } from './builtInServices.ts';

/** The services of one backend. */
export interface Instances {
  /** The value of a service for a consumer; a list for a multiton. */
  get(ref: ServiceRef<unknown>, consumer: Consumer): Promise<unknown>;
  /** The values of several. When some fail, the consumer is counted among what they stopped. @throws ProblemError */
  getAll<K extends string>(
    refs: Readonly<Record<K, DependencyRef>>,
    consumer: Consumer,
  ): Promise<Record<K, unknown>>;
  /** Makes a service that nobody depends on. */
  make(provider: Provider, pluginId?: string): Promise<unknown>;
  /** A finished value by id, decorated, without making it. */
  peek(id: string, pluginId?: string): unknown;
  /** Everything that was begun, in that order. */
  all(): readonly Instance[];
  /** The container of the backend, or of a plugin. */
  scopeOf(pluginId?: string): Scope;
}

/** Starts without instances. */
export function createInstances(options: {
  providers: Providers;
  tasks: InitTasks;
  rootScope: Scope;
  sources: BuiltInSources;
}): Instances {
  const { providers, tasks, rootScope, sources } = options;
  const instances: Mutable<Instance>[] = [];
  const running = new Map<
    Provider,
    Map<string | undefined, { instance: Instance; value: Promise<unknown> }>
  >();
  const contexts = new Map<Provider, { instance: Instance; value: Promise<unknown> }>();
  const pluginScopes = new Map<string, Scope>();
  const makers = new WeakSet<object>();

  function scopeOf(pluginId?: string): Scope {
    if (pluginId === undefined) return rootScope;
    const scope = pluginScopes.get(pluginId) ?? rootScope.createChild();
    pluginScopes.set(pluginId, scope);
    return scope;
  }

  function begin(
    provider: Provider,
    pluginId: string | undefined,
    isRootContext: boolean,
  ): Mutable<Instance> {
    const place = pluginId === undefined ? '' : ` for plugin '${pluginId}'`;
    const label = isRootContext
      ? `the root context of service '${provider.id}'`
      : `${providerLabel(provider)}${place}`;
    const instance: Mutable<Instance> = {
      label,
      ...(pluginId !== undefined && { pluginId }),
      provider,
      task: tasks.create(label, isRootContext ? `${provider.id} (root context)` : providerStep(provider)),
      isRootContext,
      uses: new Set(),
    };
    instances.push(instance);
    providers.markMade(provider);
    return instance;
  }

  function finish(instance: Mutable<Instance>, value: unknown): unknown {
    instance.value = value;
    if (typeof value === 'object' && value !== null && !makers.has(value)) {
      makers.add(value);
      instance.isMaker = true;
    }
    return value;
  }

  function rootContext(provider: Provider): { instance: Instance; value: Promise<unknown> } {
    const earlier = contexts.get(provider);
    if (earlier) return earlier;
    const instance = begin(provider, undefined, true);
    const rootDeps = Object.entries(provider.factory.deps).filter(([, ref]) => scopeOfRef(ref) === 'root');
    const value = (async () => {
      const deps = await getAll(Object.fromEntries(rootDeps), instance);
      return finish(
        instance,
        await instance.task.run(
          'ERR_SERVICE_ROOT_CONTEXT_FAILED',
          () => provider.factory.createRootContext?.(deps),
          disposeNow,
        ),
      );
    })();
    const made = { instance, value };
    contexts.set(provider, made);
    return made;
  }

  function instanceOf(
    provider: Provider,
    pluginId: string | undefined,
  ): { instance: Instance; value: Promise<unknown> } {
    const key = provider.factory.service.scope === 'root' ? undefined : pluginId;
    const ofProvider =
      running.get(provider) ?? new Map<string | undefined, { instance: Instance; value: Promise<unknown> }>();
    running.set(provider, ofProvider);
    const earlier = ofProvider.get(key);
    if (earlier) return earlier;
    const instance = begin(provider, key, false);
    const value = (async () => {
      const deps = await getAll(provider.factory.deps, instance);
      let context: unknown;
      if (provider.factory.createRootContext) {
        const shared = rootContext(provider);
        instance.task.waitFor(shared.instance.task);
        instance.uses.add(shared.instance);
        context = await stoppedWith(instance, shared.value);
      }
      return finish(
        instance,
        await instance.task.run(
          provider.decorates ? 'ERR_SERVICE_DECORATOR_FAILED' : 'ERR_SERVICE_FACTORY_FAILED',
          () => provider.factory.factory(deps, context),
          disposeNow,
        ),
      );
    })();
    const made = { instance, value };
    ofProvider.set(key, made);
    return made;
  }

  function scopeOfRef(ref: ServiceRef<unknown>): 'root' | 'plugin' {
    return providers.of(ref)?.[0]?.factory.service.scope ?? ref.scope;
  }

  async function get(ref: ServiceRef<unknown>, consumer: Consumer): Promise<unknown> {
    const found = providers.of(ref);
    if (!found)
      throw new ProblemError(createProblem('ERR_SERVICE_MISSING', `service '${ref.id}' is not registered`));
    if (found[0]?.origin === 'built in') return builtInValue(ref.id, consumer, sources);
    const made = found.map((provider) => instanceOf(provider, consumer.pluginId));
    for (const { instance } of made) {
      consumer.uses.add(instance);
      consumer.task?.waitFor(instance.task);
    }
    const values = await settle(made.map(({ value }) => value));
    const value = ref.multiton ? values : values[0];
    const ofPlugin = found.some(({ factory }) => factory.service.scope === 'plugin') || found.length === 0;
    scopeOf(ofPlugin && ref.scope === 'plugin' ? consumer.pluginId : undefined).bind(ref, value);
    return value;
  }

  async function getAll<K extends string>(
    refs: Readonly<Record<K, DependencyRef>>,
    consumer: Consumer,
  ): Promise<Record<K, unknown>> {
    const entries = Object.entries<DependencyRef>(refs);
    const values = await stoppedWith(
      consumer,
      settle(entries.map(([, ref]) => get(ref as ServiceRef<unknown>, consumer))),
    );
    return Object.fromEntries(entries.map(([name], index) => [name, values[index]])) as Record<K, unknown>;
  }

  return {
    get,
    getAll,
    make: (provider, pluginId) => instanceOf(provider, pluginId).value,
    peek(id, pluginId) {
      const found = instances.filter(
        (one) => one.provider.id === id && one.pluginId === pluginId && !one.isRootContext,
      );
      return found.find(
        ({ provider }) => !found.some((outer) => outer.provider.decorates?.inner === provider),
      )?.value;
    },
    all: () => instances,
    scopeOf,
  };
}

/** All values, after every one has ended; several failures become one error that carries the problems of all. */
async function settle(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  const results = await Promise.allSettled(promises);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (errors.length === 0) return results.map((result) => (result as PromiseFulfilledResult<unknown>).value);
  throw new ProblemErrors(errors.flatMap((error) => problemErrorsOf(error)));
}

/** Several parts failed. */
class ProblemErrors extends Error {
  readonly errors: readonly ProblemError[];

  constructor(errors: readonly ProblemError[]) {
    super('several parts failed');
    this.errors = errors;
  }
}

/** The problems behind something thrown by this file. */
export function problemErrorsOf(error: unknown): ProblemError[] {
  if (error instanceof ProblemErrors) return [...new Set(error.errors)];
  if (error instanceof ProblemError) return [error];
  throw error;
}

async function stoppedWith<T>(consumer: Consumer, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    consumer.task?.stop();
    for (const { problem } of problemErrorsOf(error)) {
      if (!problem.stopped.includes(consumer.label)) problem.stopped.push(consumer.label);
    }
    throw error;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
