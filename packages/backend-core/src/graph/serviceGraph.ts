/** The graph of who depends on which service, walked from those who need something down to the last service. */
import type { DependencyRef, ServiceRef } from '@vestibule/backend-plugin-api';
import { isExtensionPoint } from '../features/readRegistrations.ts';
import type { Owner } from '../features/owner.ts';
import type { AddedDecorator } from './decorators.ts';
import { providerLabel, providerStep, type Provider } from './provider.ts';
import type { Providers } from './providers.ts';

/** Where a walk begins: an init, a loader, or a service made at start-up. */
export interface Entry {
  /** As it stands in paths: `plugin auth`. */
  readonly step: string;
  /** As it stands in messages. */
  readonly label: string;
  /** The service itself, where it is one. */
  readonly provider?: Provider;
  /** It exists once for the backend and so can only use root services. */
  readonly rootOnly: boolean;
  readonly needs: readonly { readonly ref: DependencyRef; readonly via?: string }[];
  /** Who cannot start when something is wrong below; nobody's policy can allow it when this is empty. */
  readonly affects: readonly Owner[];
}

/** A walk that begins at a service. `owners`: the plugins that each get one of it. */
export function entryOfService(provider: Provider, owners: readonly Owner[]): Entry {
  const isRoot = provider.factory.service.scope === 'root';
  return {
    step: `service ${providerStep(provider)}`,
    label: providerLabel(provider),
    provider,
    rootOnly: isRoot,
    needs: refsOf(provider).map((ref) => ({ ref })),
    affects: isRoot ? [] : owners,
  };
}

/** A walk that begins at a decorator, for one that nobody depends on. */
export function entryOfDecorator({ decorator, label }: AddedDecorator, owners: readonly Owner[]): Entry {
  const isRoot = decorator.service.scope === 'root';
  return {
    step: label,
    label,
    rootOnly: isRoot,
    needs: [{ ref: decorator.service }],
    affects: isRoot ? [] : owners,
  };
}

/** The services a factory depends on. */
export function refsOf(provider: Provider): DependencyRef[] {
  return Object.values(provider.factory.deps);
}

/** A reference as that of a service. */
export function asService(ref: DependencyRef): ServiceRef<unknown> | undefined {
  return isExtensionPoint(ref) ? undefined : (ref as ServiceRef<unknown>);
}

/**
 * Asks every default factory that the entries lead to, level by level and each level at once, so that the graph can be
 * judged before any service is made.
 */
export async function askDefaultFactories(entries: readonly Entry[], providers: Providers): Promise<void> {
  const seen = new Set<DependencyRef>();
  let level = entries.flatMap((entry) => entry.needs.map(({ ref }) => ref));
  while (level.length > 0) {
    const fresh = [...new Set(level)].filter((ref) => !seen.has(ref));
    for (const ref of fresh) seen.add(ref);
    const services = fresh.flatMap((ref) => asService(ref) ?? []);
    await Promise.all(services.map((ref) => providers.ask(ref)));
    level = services.flatMap((ref) => (providers.of(ref) ?? []).flatMap(refsOf));
  }
}

/** The providers that a provider waits for. */
export function providersBelow(provider: Provider, providers: Providers): Provider[] {
  return refsOf(provider).flatMap((ref) => {
    const service = asService(ref);
    return service ? (providers.of(service) ?? []) : [];
  });
}

/** A reference met on the way, with the steps that led to it. */
export interface Visit {
  readonly ref: DependencyRef;
  /** The provider whose factory names it; `undefined` for what an init or a loader names. */
  readonly by: Provider | undefined;
  readonly path: readonly string[];
}

/** Walks everything an entry leads to, nearest first; each provider is entered once. */
export function* walk(entry: Entry, providers: Providers): Generator<Visit> {
  const entered = new Set<Provider>();
  const queue: Visit[] = entry.needs.map(({ ref, via }) => ({
    ref,
    by: entry.provider,
    path: [entry.step, ...(via === undefined ? [] : [via]), ref.id],
  }));
  for (const visit of queue) {
    yield visit;
    const service = asService(visit.ref);
    for (const provider of (service && providers.of(service)) ?? []) {
      if (entered.has(provider)) continue;
      entered.add(provider);
      const way = provider.decorates ? [...visit.path.slice(0, -1), provider.decorates.step] : visit.path;
      for (const ref of refsOf(provider)) queue.push({ ref, by: provider, path: [...way, ref.id] });
    }
  }
}
