/** Describes a backend from what its boot knows, as data and as a printable tree. */
import type { DependencyRef } from '@vestibule/backend-plugin-api';
import type { Boot } from '../boot/boot.ts';
import { ownerLabel } from '../features/owner.ts';
import { isExtensionPoint } from '../features/readRegistrations.ts';
import { isEager, providerLabel, type Provider } from '../graph/provider.ts';
import { asService, refsOf } from '../graph/serviceGraph.ts';
import type { Instance } from '../services/instance.ts';
import type { BackendExplanation, ExplainedInstance, ExplanationData } from './explanation.ts';
import { printExplanation } from './printExplanation.ts';

/** Describes a boot as it is now. */
export function explainBoot(boot: Boot): BackendExplanation {
  const { plugins, points } = boot.moduleGraph();
  const parts = plugins.flatMap(({ plugin, modules }) => [plugin, ...modules]);
  const providers = boot.providers.all();
  const factories = providers.flatMap((one) => boot.providers.layersOf(one));
  const instances = boot.instances.all().filter(({ isRootContext }) => !isRootContext);

  const usersOf = (id: string, isPoint: boolean) => [
    ...parts
      .filter(({ needs }) => needs.some(({ ref }) => ref.id === id && isExtensionPoint(ref) === isPoint))
      .map(({ owner }) => ownerLabel(owner)),
    ...(isPoint
      ? []
      : factories.filter((one) => refsBesides(one).some((ref) => ref.id === id)).map(providerLabel)),
  ];

  const json: ExplanationData = {
    parts: parts.map(({ owner, needs, extensionPoints: offered }) => {
      const failure = boot.failures
        .all()
        .find(({ affects }) => affects.some((other) => ownerLabel(other) === ownerLabel(owner)));
      return {
        ...owner,
        dependsOn: [...new Set(needs.map(({ ref }) => ref.id))],
        offers: offered.map(({ id }) => id),
        ...(failure && { failure: failure.code }),
      };
    }),
    services: providers.map((provider) => {
      const { scope, multiton } = provider.factory.service;
      const made = instances.filter((instance) => instance.provider === provider);
      const usedBy = [...new Set(usersOf(provider.id, false))];
      const notMade = made.length === 0 ? whyNotMade(provider, usedBy, plugins.length) : undefined;
      return {
        id: provider.id,
        scope,
        multiton: multiton === true,
        providedBy: provider.origin,
        dependsOn: refsOf(provider).flatMap((ref) => asService(ref)?.id ?? []),
        usedBy,
        instances: made.map(explainInstance),
        ...(notMade !== undefined && { notMade }),
      };
    }),
    decorators: boot.providers.decorators().map(({ decorator, from }) => {
      const { name, deps } = decorator.decorator;
      return {
        service: decorator.service.id,
        ...(name !== undefined && { name }),
        from,
        dependsOn: [...new Set(Object.values(deps).map(({ id }) => id))],
        instances: instances
          .filter(({ provider }) => provider.decorates?.decorator === decorator)
          .map(explainInstance),
      };
    }),
    extensionPoints: [...points.values()].map(({ point, owner }) => ({
      id: point.id,
      offeredBy: ownerLabel(owner),
      usedBy: usersOf(point.id, true),
    })),
    timings: [...boot.tasks.all()]
      .sort((a, b) => (a.startedAt ?? a.createdAt) - (b.startedAt ?? b.createdAt))
      .map(({ label, state, startedAt, endedAt }) => ({
        label,
        state,
        ...(startedAt !== undefined && { startedAt: rounded(startedAt) }),
        ...duration(startedAt, endedAt),
      })),
    problems: boot.failures.presentable().map(({ code, message }) => ({ code, message })),
  };
  return { json, toString: () => printExplanation(json) };
}

/** What a factory names; what a decorator wraps, it does not. */
function refsBesides(provider: Provider): DependencyRef[] {
  return refsOf(provider).filter((ref) => ref !== provider.decorates?.innerRef);
}

function explainInstance({ pluginId, task }: Instance): ExplainedInstance {
  return {
    ...(pluginId !== undefined && { pluginId }),
    state: task.state,
    ...duration(task.startedAt, task.endedAt),
  };
}

function duration(startedAt: number | undefined, endedAt: number | undefined): { milliseconds?: number } {
  if (startedAt === undefined || endedAt === undefined) return {};
  return { milliseconds: rounded(endedAt - startedAt) };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function whyNotMade(provider: Provider, usedBy: readonly string[], plugins: number): string | undefined {
  if (provider.origin === 'built in') return undefined;
  if (provider.factory.service.scope === 'plugin' && plugins === 0)
    return 'there is no plugin to make it for';
  if (usedBy.length === 0)
    return isEager(provider) ? 'the start-up did not come to it' : 'it is lazy and nobody depends on it';
  return 'nothing that depends on it was made';
}
