/**
 * Which factory provides a service. Looked up by the id of the reference, so that two copies of a package agree.
 *
 * What was added beats the defaults; of the defaults the last wins; a reference's own default factory is asked when
 * nobody provides its id. For multitons every factory counts: defaults, then added, then loaded. Over each of them come the
 * decorators of the service, see decorators.ts.
 */
import type { ServiceDecorator, ServiceFactory, ServiceRef } from '@vestibule/backend-plugin-api';
import { asServiceFactory, isServiceDecorator } from '../features/recogniseFeature.ts';
import { createProblem, ProblemError, problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import type { InitTask, InitTasks } from '../boot/initTasks.ts';
import { createDecorators, type AddedDecorator } from './decorators.ts';
import type { Provider, ProviderOrigin } from './provider.ts';

/** The services that a backend knows. */
export interface Providers {
  /** Adds a factory, or says why not. `from`: the loader that brought it. */
  add(
    factory: ServiceFactory,
    origin: 'added' | 'loaded',
    place: () => string,
    from?: string,
  ): Problem | undefined;
  /** Adds a decorator over whatever provides its service, or says why not. `from`: as in `added at src/index.ts:12:9`. */
  decorate(decorator: ServiceDecorator, origin: 'added' | 'loaded', from: string): Problem | undefined;
  /**
   * The providers of a reference, decorated; none for an unregistered multiton; `undefined` for an unregistered service.
   */
  of(ref: ServiceRef<unknown>): readonly Provider[] | undefined;
  /** Asks the default factory of a reference that nobody provides. Afterwards `of` knows it. Never throws. */
  ask(ref: ServiceRef<unknown>): Promise<void>;
  /** Why asking failed. */
  failureOf(ref: ServiceRef<unknown>): Problem | undefined;
  /** Everything registered, in order and decorated; without default factories. */
  registered(): Provider[];
  /** Everything in use, default factories included, undecorated. */
  all(): Provider[];
  /** The decorators, in the order of adding. */
  decorators(): readonly AddedDecorator[];
  /** A provider of {@link all}, and over it its decorators from the innermost on. */
  layersOf(provider: Provider): readonly Provider[];
  /** Marks a provider as made: from now on it cannot be replaced. */
  markMade(provider: Provider): void;
}

/** Prepares the services of one backend. */
export function createProviders(options: {
  builtIn: readonly ServiceFactory[];
  defaults: readonly ServiceFactory[];
  tasks: InitTasks;
}): Providers {
  const { builtIn, defaults, tasks } = options;
  const byId = new Map<string, Provider[]>();
  const asked = new Map<
    string,
    Map<unknown, { task: InitTask; done: Promise<void>; provider?: Provider; problem?: Problem }>
  >();
  const made = new Set<Provider>();

  for (const factory of builtIn) byId.set(factory.service.id, [provider(factory, 'built in')]);
  const decorators = createDecorators();
  for (const factory of defaults) {
    if (isServiceDecorator(factory)) {
      decorators.add(factory, 'default', 'one of the default services');
      continue;
    }
    const { id, multiton } = factory.service;
    const earlier = byId.get(id) ?? [];
    if (earlier.some(({ origin }) => origin === 'built in')) continue;
    byId.set(id, multiton ? [...earlier, provider(factory, 'default')] : [provider(factory, 'default')]);
  }

  function provider(factory: ServiceFactory, origin: ProviderOrigin): Provider {
    return { id: factory.service.id, factory, origin };
  }

  /** Whether a factory of the service, which may be decorated, was run. */
  function isInUse(id: string): boolean {
    const known = [
      ...(byId.get(id) ?? []),
      ...[...(asked.get(id)?.values() ?? [])].flatMap((ask) => ask.provider ?? []),
    ];
    return known.some((one) => made.has(one));
  }

  const askedFor = (ref: ServiceRef<unknown>) => asked.get(ref.id)?.get(ref.__defaultFactory);

  return {
    add(factory, origin, place, from) {
      const { id, multiton } = factory.service;
      const earlier = byId.get(id) ?? [];
      if (earlier.some((other) => other.origin === 'built in')) {
        return createProblem(
          'ERR_SERVICE_NOT_REPLACEABLE',
          `service '${id}' belongs to the boot and cannot be replaced`,
          {
            hint: 'Remove its factory.',
          },
        );
      }
      const same = multiton
        ? undefined
        : earlier.find((other) => other.origin === 'added' || other.origin === 'loaded');
      if (same && origin === 'loaded' && same.origin === 'added') return undefined;
      if (same) {
        const both = from && same.from ? `: by ${same.from} and by ${from}` : '';
        return createProblem('ERR_SERVICE_DUPLICATE', `two factories were added for service '${id}'${both}`, {
          hint: 'Keep one of them.',
          ...(both === '' && { places: [...(same.place ? [same.place()] : []), place()] }),
        });
      }
      if (isInUse(id)) {
        return createProblem(
          'ERR_SERVICE_ALREADY_MADE',
          `${from ?? 'a feature loader'} brings a factory for service '${id}', which is already in use`,
          { hint: 'Add that factory with backend.add(…) itself.' },
        );
      }
      const own: Provider = { ...provider(factory, origin), place, ...(from !== undefined && { from }) };
      byId.set(id, multiton ? [...earlier, own] : [own]);
      return undefined;
    },
    decorate(decorator, origin, from) {
      const { id } = decorator.service;
      const { label } = decorator.decorator;
      if (byId.get(id)?.some((other) => other.origin === 'built in')) {
        return createProblem(
          'ERR_SERVICE_NOT_REPLACEABLE',
          `service '${id}' belongs to the boot and cannot be decorated`,
          { hint: `Remove the ${label} (${from}).` },
        );
      }
      if (isInUse(id)) {
        return createProblem(
          'ERR_SERVICE_ALREADY_MADE',
          `the ${label} (${from}) comes too late: the service is already in use`,
          { hint: 'Add it with backend.add(…) itself.' },
        );
      }
      return decorators.add(decorator, origin, from);
    },
    of(ref) {
      const inner = decorators.innerOf(ref);
      if (inner) return [inner];
      const registered = byId.get(ref.id);
      if (registered) return registered.map((one) => decorators.outermost(one));
      const own = askedFor(ref)?.provider;
      if (own) return [decorators.outermost(own)];
      return ref.multiton && !ref.__defaultFactory ? [] : undefined;
    },
    async ask(ref) {
      const loader = ref.__defaultFactory;
      if (byId.has(ref.id) || typeof loader !== 'function') return;
      const ofId = asked.get(ref.id) ?? new Map<unknown, NonNullable<ReturnType<typeof askedFor>>>();
      asked.set(ref.id, ofId);
      const earlier = ofId.get(loader);
      if (earlier) return earlier.done;
      const task = tasks.create(`the default factory of service '${ref.id}'`, `${ref.id} (default factory)`);
      const record: NonNullable<ReturnType<typeof askedFor>> = { task, done: Promise.resolve() };
      record.done = (async () => {
        try {
          const factory = await task.run('ERR_SERVICE_DEFAULT_FAILED', async () =>
            asServiceFactory(await ref.__defaultFactory?.(ref)),
          );
          if (factory) record.provider = { id: ref.id, factory, origin: 'default factory' };
          else {
            record.problem = createProblem(
              'ERR_SERVICE_DEFAULT_FAILED',
              `the default factory of service '${ref.id}' gave no service factory`,
            );
          }
        } catch (error) {
          record.problem =
            error instanceof ProblemError
              ? error.problem
              : problemOfThrown('ERR_SERVICE_DEFAULT_FAILED', task.label, error);
        }
      })();
      ofId.set(loader, record);
      return record.done;
    },
    failureOf: (ref) => askedFor(ref)?.problem,
    registered: () => [...byId.values()].flat().map((one) => decorators.outermost(one)),
    all: () => [
      ...[...byId.values()].flat(),
      ...[...asked.values()].flatMap((ofId) => [...ofId.values()].flatMap((ask) => ask.provider ?? [])),
    ],
    decorators: () => decorators.all(),
    layersOf: (one) => decorators.layersOf(one),
    markMade: (one) => void made.add(one),
  };
}
