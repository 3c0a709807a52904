/** Takes what was added, waits for imports, and sorts it: services to the providers, parts and loaders to their lists. */
import type { FeatureLoader } from '@vestibule/backend-plugin-api';
import type { InitTasks } from '../boot/initTasks.ts';
import type { Providers } from '../graph/providers.ts';
import { createProblem, ProblemError, textOfThrown, type Problem } from '../problems/startupProblem.ts';
import { readRegistrations, type Registration } from './readRegistrations.ts';
import { recogniseFeature, type RecognisedFeature } from './recogniseFeature.ts';

/** Something given to `backend.add(…)` or yielded by a loader. */
export interface AddedFeature {
  readonly value: unknown;
  /** For messages: `feature 3`. */
  readonly origin: string;
  /** Where it was added, or by whom it was brought. */
  place(): string;
}

/** What a collection has found so far. */
export interface Collection {
  readonly registrations: Registration[];
  readonly problems: Problem[];
  /** The ids of plugins that no loader brought. */
  readonly addedPlugins: Set<string>;
  readonly loaders: { readonly loader: FeatureLoader; readonly label: string; hasRun?: boolean }[];
}

/** Adds features to a collection, in their order. `by` names the loader that brought them, if one did. */
export async function collectFeatures(
  added: readonly AddedFeature[],
  collection: Collection,
  context: { tasks: InitTasks; providers: Providers; by?: string },
): Promise<void> {
  const { tasks, providers, by } = context;
  const found = await Promise.all(added.map((one) => receive(one, tasks)));
  found.forEach((feature, index) => {
    const one = added[index];
    if (!one) return;
    if ('code' in feature) collection.problems.push({ ...feature, places: [one.place()] });
    else sort(feature, one);
  });

  function sort(feature: RecognisedFeature, { origin, place }: AddedFeature): void {
    switch (feature.kind) {
      case 'service': {
        const problem = providers.add(feature.factory, by === undefined ? 'added' : 'loaded', place, by);
        if (problem) collection.problems.push(problem);
        break;
      }
      case 'decorator': {
        const problem = providers.decorate(feature.decorator, by === undefined ? 'added' : 'loaded', place());
        if (problem) collection.problems.push(problem);
        break;
      }
      case 'loader':
        collection.loaders.push({
          loader: feature.loader,
          label: labelOfLoader(feature.loader, origin),
        });
        break;
      case 'registrations': {
        const { parts, problems } = readRegistrations(feature.feature, origin, place);
        const pluginIds = parts.flatMap(({ owner }) =>
          owner.moduleId === undefined ? [owner.pluginId] : [],
        );
        // As a loaded service does, a loaded plugin gives way to one that was added, with all that came beside it.
        if (by !== undefined && pluginIds.some((id) => collection.addedPlugins.has(id))) break;
        if (by === undefined) for (const id of pluginIds) collection.addedPlugins.add(id);
        collection.registrations.push(...parts);
        collection.problems.push(...problems);
      }
    }
  }
}

/** Ours describe themselves in full, Backstage's only by the place. */
function labelOfLoader({ description }: FeatureLoader, origin: string): string {
  if (!description) return `feature loader added as ${origin}`;
  return description.startsWith('feature loader') ? description : `feature loader ${description}`;
}

async function receive(
  { value, origin }: AddedFeature,
  tasks: InitTasks,
): Promise<RecognisedFeature | Problem> {
  try {
    const received = isPromise(value)
      ? await tasks.create(origin, origin).run('ERR_FEATURE_LOAD_FAILED', () => value)
      : value;
    const feature = recogniseFeature(received);
    return feature.kind === 'unknown' ? invalid(origin, feature.found, feature.hint) : feature;
  } catch (error) {
    if (!(error instanceof ProblemError)) return invalid(origin, `reading it threw: ${textOfThrown(error)}`);
    error.problem.fatal = true;
    return error.problem;
  }
}

const usualHint =
  'Add what createBackendPlugin, createBackendModule, createServiceFactory or createBackendFeatureLoader returns, or an import() of a module whose default export is that.';

function invalid(origin: string, found: string, hint = usualHint): Problem {
  return createProblem('ERR_FEATURE_INVALID', `${origin} is not a backend feature: ${found}`, { hint });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Promise<unknown>>).then === 'function'
  );
}
