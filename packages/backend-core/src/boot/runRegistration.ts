/** Runs one init: of a plugin or of a module, in a container of its own. */
import {
  injectedRefs,
  isInjectableClass,
  type ExtensionPointFactoryContext,
} from '@vestibule/backend-plugin-api';
import type { KnownExtensionPoint } from '../features/moduleGraph.ts';
import { ownerLabel, ownerStep } from '../features/owner.ts';
import { isExtensionPoint, type Registration } from '../features/readRegistrations.ts';
import type { Instances } from '../services/instances.ts';
import type { Consumer, Instance } from '../services/instance.ts';
import type { InitTask, InitTasks } from './initTasks.ts';

/** An init that was begun. */
export interface StartedRegistration extends Consumer {
  readonly pluginId: string;
  readonly isModule: boolean;
  readonly task: InitTask;
  /** What was built from the classes in its deps. */
  readonly built: { readonly label: string; readonly value: unknown }[];
}

/** Prepares the record of an init before it runs. */
export function createStartedRegistration(part: Registration, tasks: InitTasks): StartedRegistration {
  const label = ownerLabel(part.owner);
  return {
    label,
    pluginId: part.owner.pluginId,
    isModule: part.owner.moduleId !== undefined,
    task: tasks.create(label, ownerStep(part.owner)),
    uses: new Set<Instance>(),
    built: [],
  };
}

/**
 * Gathers what the init needs and runs it. Classes are built from the values in the part's own container; extension
 * points are bound nowhere else, so that no one else can reach them.
 *
 * @throws ProblemError, or several of them, see `problemErrorsOf`.
 */
export async function runRegistration(
  part: Registration,
  started: StartedRegistration,
  context: {
    instances: Instances;
    points: ReadonlyMap<string, KnownExtensionPoint>;
    forPoints: ExtensionPointFactoryContext;
  },
): Promise<void> {
  const { instances, points, forPoints } = context;
  const services = part.needs.flatMap(({ ref }) => (isExtensionPoint(ref) ? [] : [ref]));
  const values = await instances.getAll(
    Object.fromEntries(services.map((ref, index) => [`${index}`, ref])),
    started,
  );
  const code = started.isModule ? 'ERR_MODULE_FAILED' : 'ERR_PLUGIN_FAILED';
  await started.task.run(code, async () => {
    const scope = instances.scopeOf(started.pluginId).createChild();
    services.forEach((ref, index) => scope.bind(ref, values[`${index}`]));
    const offered = new Map<string, unknown>(); // One for the module, however many references name the point.
    for (const { ref } of part.needs) {
      if (!isExtensionPoint(ref)) continue;
      if (!offered.has(ref.id)) offered.set(ref.id, points.get(ref.id)?.point.implementationFor(forPoints));
      scope.bind(ref, offered.get(ref.id));
    }
    const given: Record<string, unknown> = {};
    for (const [name, dependency] of Object.entries(part.deps)) {
      if (!isInjectableClass(dependency)) {
        given[name] = scope.resolve(dependency);
        continue;
      }
      given[name] = scope.build(dependency, injectedRefs(dependency));
      started.built.push({ label: `class ${dependency.name} in ${started.label}`, value: given[name] });
    }
    await part.run(given);
  });
}
