/** Runs feature loaders, one after another, and those they bring. */
import type { FeatureLoader } from '@vestibule/backend-plugin-api';
import type { AddedFeature, Collection } from '../features/collectFeatures.ts';
import { collectFeatures } from '../features/collectFeatures.ts';
import type { Providers } from '../graph/providers.ts';
import { askDefaultFactories, type Entry } from '../graph/serviceGraph.ts';
import { validateServices } from '../graph/validateServices.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import type { Consumer } from '../services/instance.ts';
import type { Problem } from '../problems/startupProblem.ts';
import type { InitTasks } from './initTasks.ts';

/** Whether a loader looks at nothing, not even the config, which may be wrong. */
export function looksAtNothing({ deps }: FeatureLoader): boolean {
  return Object.keys(deps ?? {}).length === 0;
}

/**
 * Runs the loaders of a collection that did not run before; what they bring joins the collection, loaders included.
 *
 * @param mayRun - Whether a loader runs now.
 * @returns The problems of loaders that could not run or failed.
 */
export async function runLoaders(
  collection: Collection,
  context: { tasks: InitTasks; providers: Providers; instances: Instances; known: Map<string, Problem> },
  mayRun: (loader: FeatureLoader) => boolean = () => true,
): Promise<Problem[]> {
  const { tasks, providers, instances, known } = context;
  const problems: Problem[] = [];
  for (const one of collection.loaders) {
    const { loader, label } = one;
    if (one.hasRun || !mayRun(loader)) continue;
    one.hasRun = true;
    const entry: Entry = {
      step: label,
      label,
      rootOnly: true,
      needs: Object.values(loader.deps ?? {}).map((ref) => ({ ref })),
      affects: [],
    };
    await askDefaultFactories([entry], providers);
    const found = validateServices([entry], providers, known);
    if (found.length > 0) {
      problems.push(...found);
      continue;
    }
    const consumer: Consumer & { task: ReturnType<InitTasks['create']> } = {
      label,
      task: tasks.create(label, label),
      uses: new Set(),
    };
    try {
      const values = await instances.getAll(loader.deps ?? {}, consumer);
      const features = await consumer.task.run('ERR_FEATURE_LOADER_FAILED', async () => [
        ...(await loader.loader(values)),
      ]);
      const added: AddedFeature[] = features.map((value, index) => ({
        value,
        origin: `feature ${index + 1} of the ${label}`.replace('the the', 'the'),
        place: () => `brought by ${label}`,
      }));
      await collectFeatures(added, collection, { tasks, providers, by: label });
    } catch (error) {
      for (const { problem } of problemErrorsOf(error)) {
        problem.fatal = true;
        problems.push(problem);
      }
    }
  }
  return problems;
}
