/** Puts plugins and their modules together, and finds what does not fit: duplicates, orphans, circles of modules. */
import { nearestName } from '@vestibule/backend-plugin-api';
import { findCycles } from '../graph/findCycles.ts';
import { createProblem, type Problem } from '../problems/startupProblem.ts';
import { isSameOwner, ownerLabel, ownerStep, type Owner } from './owner.ts';
import { isExtensionPoint, type OfferedExtensionPoint, type Registration } from './readRegistrations.ts';

/** A plugin with the modules that extend it. */
export interface InstalledPlugin {
  readonly pluginId: string;
  readonly plugin: Registration;
  readonly modules: readonly Registration[];
}

/** An extension point and who offers it. */
export interface KnownExtensionPoint {
  readonly point: OfferedExtensionPoint;
  readonly owner: Owner;
}

/** All plugins and modules, in the order in which they were added. */
export interface ModuleGraph {
  readonly plugins: readonly InstalledPlugin[];
  readonly points: ReadonlyMap<string, KnownExtensionPoint>;
  readonly problems: readonly Problem[];
}

/**
 * Arranges the parts. Whoever has a problem of his own, here or in `earlier`, is left out; modules of a plugin that was
 * refused are not orphans but stopped by that.
 */
export function buildModuleGraph(parts: readonly Registration[], earlier: readonly Problem[]): ModuleGraph {
  const problems: Problem[] = [];
  const byKey = new Map<string, Registration[]>();
  for (const part of parts) {
    const key = ownerLabel(part.owner);
    byKey.set(key, [...(byKey.get(key) ?? []), part]);
  }

  const single: Registration[] = [];
  for (const [label, same] of byKey) {
    const [first] = same;
    if (!first) continue;
    if (same.length === 1) {
      single.push(first);
      continue;
    }
    const isModule = first.owner.moduleId !== undefined;
    problems.push(
      createProblem(
        isModule ? 'ERR_MODULE_DUPLICATE' : 'ERR_PLUGIN_DUPLICATE',
        `${label} was added ${times(same.length)}`,
        {
          hint: 'Remove all but one of the backend.add(…) lines.',
          affects: [first.owner],
          places: same.map(({ place }) => place()),
        },
      ),
    );
  }

  const extensionPoints = collectPoints(single, problems);
  const refused = [...earlier, ...problems];
  const installed = new Map<string, { pluginId: string; plugin: Registration; modules: Registration[] }>();
  for (const part of single) {
    const { pluginId, moduleId } = part.owner;
    if (moduleId === undefined) installed.set(pluginId, { pluginId, plugin: part, modules: [] });
  }
  for (const part of single) {
    const { pluginId, moduleId } = part.owner;
    if (moduleId === undefined) continue;
    const home = installed.get(pluginId);
    if (home) {
      home.modules.push(part);
      continue;
    }
    const culprit = refused.find(({ affects }) => affects.some((owner) => isSameOwner(owner, { pluginId })));
    if (culprit) culprit.stopped.push(ownerLabel(part.owner));
    else problems.push(orphan(part.owner, [...installed.keys()]));
  }

  for (const { pluginId, modules } of installed.values()) {
    for (const cycle of cyclesOfModules(modules)) {
      problems.push(
        createProblem(
          'ERR_MODULE_CYCLE',
          `modules of plugin '${pluginId}' wait for one another: ${cycle.map((part) => `'${part.owner.moduleId}'`).join(' -> ')}`,
          {
            hint: 'A module that offers an extension point runs after the modules that use it.',
            affects: [...new Set(cycle.map((part) => part.owner))],
          },
        ),
      );
    }
    for (const module of modules) checkPoints(module, extensionPoints, problems);
  }
  for (const { plugin } of installed.values()) {
    for (const { ref } of plugin.needs.filter((need) => isExtensionPoint(need.ref))) {
      problems.push(
        createProblem(
          'ERR_EXTENSION_POINT_IN_PLUGIN',
          `the init of ${ownerLabel(plugin.owner)} depends on the extension point '${ref.id}'; only modules may`,
          {
            hint: 'The plugin made the implementation in register(); keep it in a variable there.',
            affects: [plugin.owner],
          },
        ),
      );
    }
  }
  return { plugins: [...installed.values()], points: extensionPoints, problems };
}

function collectPoints(
  parts: readonly Registration[],
  problems: Problem[],
): Map<string, KnownExtensionPoint> {
  const points = new Map<string, KnownExtensionPoint>();
  for (const { owner, extensionPoints: offered } of parts) {
    for (const point of offered) {
      const other = points.get(point.id);
      if (!other) {
        points.set(point.id, { point, owner });
        continue;
      }
      problems.push(
        createProblem(
          'ERR_EXTENSION_POINT_DUPLICATE',
          `${ownerLabel(owner)} offers the extension point '${point.id}', which ${ownerLabel(other.owner)} offers already`,
          { affects: [owner] },
        ),
      );
    }
  }
  return points;
}

function checkPoints(
  module: Registration,
  points: ReadonlyMap<string, KnownExtensionPoint>,
  problems: Problem[],
): void {
  for (const { ref, via } of module.needs) {
    if (!isExtensionPoint(ref)) continue;
    const known = points.get(ref.id);
    const path = [ownerStep(module.owner), ...(via ? [via] : []), ref.id].join(' -> ');
    if (!known) {
      const near = nearestName(ref.id, points.keys());
      problems.push(
        createProblem('ERR_EXTENSION_POINT_MISSING', `extension point '${ref.id}' is offered by no plugin`, {
          paths: [path],
          hint: near ? `Did you mean '${near}'?` : `Offered are: ${[...points.keys()].join(', ') || 'none'}.`,
          affects: [module.owner],
        }),
      );
    } else if (known.owner.pluginId !== module.owner.pluginId) {
      problems.push(
        createProblem(
          'ERR_EXTENSION_POINT_FOREIGN',
          `extension point '${ref.id}' belongs to plugin '${known.owner.pluginId}', which ${ownerLabel(module.owner)} does not extend`,
          {
            paths: [path],
            hint: `Make the module with pluginId: '${known.owner.pluginId}'.`,
            affects: [module.owner],
          },
        ),
      );
    }
  }
}

function orphan(owner: Owner, pluginIds: readonly string[]): Problem {
  const near = nearestName(owner.pluginId, pluginIds);
  return createProblem(
    'ERR_MODULE_ORPHAN',
    `module '${owner.moduleId}' extends plugin '${owner.pluginId}', which is not installed`,
    {
      hint: near
        ? `Did you mean '${near}'?`
        : `Add the plugin '${owner.pluginId}', or remove the module. Installed are: ${pluginIds.join(', ') || 'none'}.`,
      affects: [owner],
    },
  );
}

/** For each module, the modules that must run before it: those that use an extension point it offers. */
export function modulesBefore(module: Registration, modules: readonly Registration[]): Registration[] {
  const offered = new Set(module.extensionPoints.map(({ id }) => id));
  return modules.filter(({ needs }) => needs.some(({ ref }) => isExtensionPoint(ref) && offered.has(ref.id)));
}

function cyclesOfModules(modules: readonly Registration[]): Registration[][] {
  return findCycles(modules, (module) => modulesBefore(module, modules));
}

function times(count: number): string {
  return count === 2 ? 'twice' : `${count} times`;
}
