/** The value of `core.rootInstanceMetadata`: what is installed, orphans and refused parts left out. */
import type { RootInstanceMetadataService } from '@vestibule/backend-plugin-api';
import type { ModuleGraph } from '../features/moduleGraph.ts';
import type { Owner } from '../features/owner.ts';

/** A list that nobody can change, at any depth. */
export function createInstalledList(
  moduleGraph: ModuleGraph,
  isLeftOut: (owner: Owner) => boolean,
): Awaited<ReturnType<RootInstanceMetadataService['getInstalledPlugins']>> {
  const plugins = moduleGraph.plugins
    .filter(({ plugin }) => !isLeftOut(plugin.owner))
    .map(({ pluginId, modules }) => {
      const moduleIds = modules
        .filter(({ owner }) => !isLeftOut(owner))
        .map(({ owner }) => Object.freeze({ moduleId: owner.moduleId ?? '' }));
      return Object.freeze({ pluginId, modules: Object.freeze(moduleIds) });
    });
  return Object.freeze(plugins);
}
