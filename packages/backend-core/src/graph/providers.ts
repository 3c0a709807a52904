/**
 * Which factory provides a service. Looked up by the id of the reference, so that two copies of a package agree.
 *
 * What was added beats the defaults; of the defaults the last wins; a reference's own default factory is asked when
 * nobody provides its id. For multitons every factory counts: defaults, then added, then loaded.
 */
import type { ServiceFactory, ServiceRef } from '@vestibule/backend-plugin-api';
import { asServiceFactory } from '../features/recogniseFeature.ts';
import { createProblem, ProblemError, problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import type { Unit, Units } from '../boot/units.ts';

/** Where a factory came from. */
export type ProviderOrigin = 'built in' | 'default' | 'added' | 'loaded' | 'default factory';

/** A factory in the place it has in this backend. */
export interface Provider {
  readonly id: string;
  readonly factory: ServiceFactory;
  readonly origin: ProviderOrigin;
  /** For messages, where several could be meant: who brought it. */
  readonly from?: string;
}

/** The services that a backend knows. */
export interface Providers {
  /** Adds a factory, or says why not. */
  add(factory: ServiceFactory, origin: 'added' | 'loaded', from?: string): Problem | undefined;
  /** The providers of a reference; none for an unregistered multiton; `undefined` for an unregistered service. */
  of(ref: ServiceRef<unknown>): readonly Provider[] | undefined;
  /** Asks the default factory of a reference that nobody provides. Afterwards `of` knows it. Never throws. */
  ask(ref: ServiceRef<unknown>): Promise<void>;
  /** Why asking failed. */
  failureOf(ref: ServiceRef<unknown>): Problem | undefined;
  /** Everything registered, in order; without default factories. */
  registered(): Provider[];
  /** Everything in use, default factories included. */
  all(): Provider[];
  /** Marks a provider as made: from now on it cannot be replaced. */
  markMade(provider: Provider): void;
}

/** Prepares the services of one backend. */
export function createProviders(options: {
  builtIn: readonly ServiceFactory[];
  defaults: readonly ServiceFactory[];
  units: Units;
}): Providers {
  const { builtIn, defaults, units } = options;
  const byId = new Map<string, Provider[]>();
  const asked = new Map<
    string,
    Map<unknown, { unit: Unit; done: Promise<void>; provider?: Provider; problem?: Problem }>
  >();
  const made = new Set<Provider>();

  for (const factory of builtIn) byId.set(factory.service.id, [provider(factory, 'built in')]);
  for (const factory of defaults) {
    const { id, multiton } = factory.service;
    const earlier = byId.get(id) ?? [];
    if (earlier.some(({ origin }) => origin === 'built in')) continue;
    byId.set(id, multiton ? [...earlier, provider(factory, 'default')] : [provider(factory, 'default')]);
  }

  function provider(factory: ServiceFactory, origin: ProviderOrigin, from?: string): Provider {
    return { id: factory.service.id, factory, origin, ...(from !== undefined && { from }) };
  }

  const askedFor = (ref: ServiceRef<unknown>) => asked.get(ref.id)?.get(ref.__defaultFactory);

  return {
    add(factory, origin, from) {
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
        });
      }
      const inUse =
        earlier.some((other) => made.has(other)) ||
        [...(asked.get(id)?.values() ?? [])].some((ask) => ask.provider && made.has(ask.provider));
      if (inUse) {
        return createProblem(
          'ERR_SERVICE_ALREADY_MADE',
          `${from ?? 'a feature loader'} brings a factory for service '${id}', which is already in use`,
          { hint: 'Add that factory with backend.add(…) itself.' },
        );
      }
      byId.set(
        id,
        multiton ? [...earlier, provider(factory, origin, from)] : [provider(factory, origin, from)],
      );
      return undefined;
    },
    of(ref) {
      const registered = byId.get(ref.id);
      if (registered) return registered;
      const own = askedFor(ref)?.provider;
      if (own) return [own];
      return ref.multiton && !ref.__defaultFactory ? [] : undefined;
    },
    async ask(ref) {
      const loader = ref.__defaultFactory;
      if (byId.has(ref.id) || typeof loader !== 'function') return;
      const ofId = asked.get(ref.id) ?? new Map<unknown, NonNullable<ReturnType<typeof askedFor>>>();
      asked.set(ref.id, ofId);
      const earlier = ofId.get(loader);
      if (earlier) return earlier.done;
      const unit = units.create(`the default factory of service '${ref.id}'`, `${ref.id} (default factory)`);
      const record: NonNullable<ReturnType<typeof askedFor>> = { unit, done: Promise.resolve() };
      record.done = (async () => {
        try {
          const factory = await unit.run('ERR_SERVICE_DEFAULT_FAILED', async () =>
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
              : problemOfThrown('ERR_SERVICE_DEFAULT_FAILED', unit.label, error);
        }
      })();
      ofId.set(loader, record);
      return record.done;
    },
    failureOf: (ref) => askedFor(ref)?.problem,
    registered: () => [...byId.values()].flat(),
    all: () => [
      ...[...byId.values()].flat(),
      ...[...asked.values()].flatMap((ofId) => [...ofId.values()].flatMap((ask) => ask.provider ?? [])),
    ],
    markMade: (one) => void made.add(one),
  };
}

/** Whether a provider is made at start-up without anybody depending on it. */
export function isEager({ factory, origin }: Provider): boolean {
  if (origin === 'default factory' || origin === 'built in') return false;
  return factory.service.scope === 'root'
    ? factory.initialization !== 'lazy'
    : factory.initialization === 'always';
}
