/** Runs feature loaders, one after another, and those they bring. */
import {
  checkConfig,
  coreServices,
  type Config,
  type FeatureLoader,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import type { AddedFeature, Collection } from '../features/collectFeatures.ts';
import { collectFeatures } from '../features/collectFeatures.ts';
import type { Provider } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { askDefaultFactories, type Entry } from '../graph/serviceGraph.ts';
import { validateServices } from '../graph/validateServices.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import type { Consumer } from '../services/instance.ts';
import type { Problem } from '../problems/startupProblem.ts';
import type { InitTasks } from './initTasks.ts';
import { earlyValue, isEarly } from './judgeConfig.ts';

/** A config with faults, or what could be read of it. */
export interface FaultyConfig {
  readonly config: Config | undefined;
  readonly isProduction: boolean;
}

/**
 * Runs the loaders of a collection that did not run before; what they bring joins the collection, loaders included.
 *
 * @param faulty - Then only those run that cannot stumble over a fault: they look at nothing, or at keys that their own schema
 *   finds right. What fails all the same is passed over.
 * @returns The problems of loaders that could not run or failed.
 */
export async function runLoaders(
  collection: Collection,
  context: { tasks: InitTasks; providers: Providers; instances: Instances; known: Map<string, Problem> },
  faulty?: FaultyConfig,
): Promise<Problem[]> {
  const { tasks, providers, instances, known } = context;
  const problems: Problem[] = [];
  for (const one of collection.loaders) {
    const { loader, label } = one;
    if (one.hasRun) continue;
    const entry: Entry = {
      step: label,
      label,
      rootOnly: true,
      needs: Object.values(loader.deps ?? {}).map((ref) => ({ ref })),
      affects: [],
    };
    await askDefaultFactories([entry], providers);
    if (faulty && entry.needs.length > 0) {
      const features = await featuresInSpiteOfFaults(loader, faulty, context);
      if (!features) continue;
      one.hasRun = true;
      await collectFeatures(broughtBy(label, features), collection, { tasks, providers, by: label });
      continue;
    }
    one.hasRun = true;
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
      await collectFeatures(broughtBy(label, features), collection, { tasks, providers, by: label });
    } catch (error) {
      for (const { problem } of problemErrorsOf(error)) {
        problem.fatal = true;
        problems.push(problem);
      }
    }
  }
  return problems;
}

function broughtBy(label: string, features: readonly unknown[]): AddedFeature[] {
  return features.map((value, index) => ({
    value,
    origin: `feature ${index + 1} of the ${label}`.replace('the the', 'the'),
    place: () => `brought by ${label}`,
  }));
}

/** What a loader brings that looks at a config with faults; `undefined` where it is not to run, or has met one of them. */
async function featuresInSpiteOfFaults(
  loader: FeatureLoader,
  { config, isProduction }: FaultyConfig,
  { tasks, providers }: { tasks: InitTasks; providers: Providers },
): Promise<readonly unknown[] | undefined> {
  const { deps = {}, configSchema } = loader;
  if (!config || !configSchema) return undefined;
  const own = checkConfig({ config, schemas: [{ schema: configSchema, owner: 'the loader' }], isProduction });
  if (own.problems.length > 0) return undefined;
  const values: Record<string, unknown> = {};
  const name = 'a feature loader, for a config with faults';
  try {
    for (const [key, ref] of Object.entries(deps)) {
      const [provider] = providers.of(ref as ServiceRef<unknown>) ?? [];
      if (!provider || !(ref.id === coreServices.rootConfig.id || isEarly(provider))) return undefined;
      values[key] = await valueOf(provider, config);
    }
    return await tasks
      .create(name, name)
      .run('ERR_FEATURE_LOADER_FAILED', async () => [...(await loader.loader(values))]);
  } catch {
    return undefined;
  }
}

/** Of a config that could not be read in full, the service has nothing. */
async function valueOf(provider: Provider, config: Config): Promise<unknown> {
  return provider.id === coreServices.rootConfig.id ? config : earlyValue(provider, config);
}
