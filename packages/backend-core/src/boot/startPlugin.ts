/**
 * Starts one plugin: its eager services, its modules, the plugin itself, its startup hooks. All plugins run this side
 * by side.
 */
import { modulesBefore, type ModuleGraph, type InstalledPlugin } from '../features/moduleGraph.ts';
import { ownerLabel, type Owner } from '../features/owner.ts';
import type { Registration } from '../features/readRegistrations.ts';
import { isEager } from '../graph/provider.ts';
import type { Providers } from '../graph/providers.ts';
import { problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import { problemErrorsOf, type Instances } from '../services/instances.ts';
import { createStartedRegistration, runRegistration, type StartedRegistration } from './runRegistration.ts';
import type { InitTasks } from './initTasks.ts';

/** What starting a plugin needs of the rest of the boot. */
export interface PluginStartContext {
  readonly tasks: InitTasks;
  readonly providers: Providers;
  readonly instances: Instances;
  readonly moduleGraph: ModuleGraph;
  /** Every init that is begun is added here, so that shutdown finds it. */
  readonly started: StartedRegistration[];
  /** Whether a part was left out because of an earlier problem. */
  isLeftOut(owner: Owner): boolean;
  /** Records a failure. @returns Whether the backend may go on without the part. */
  fail(owner: Owner, problem: Problem): boolean;
  /** Runs the plugin's startup hooks. */
  runStartupHooks(pluginId: string): Promise<void>;
  /** Records when a part came to its end, well or not. */
  settled(owner: Owner): void;
}

/** Starts a plugin and its modules. Failures are recorded, not thrown. */
export async function startPlugin(installed: InstalledPlugin, context: PluginStartContext): Promise<void> {
  const { tasks, providers, instances, moduleGraph: moduleGraph, started, fail } = context;
  const { pluginId, plugin } = installed;
  const modules = installed.modules.filter(({ owner }) => !context.isLeftOut(owner));
  const refusals: { owner: Owner; problem: Problem }[] = [];

  const pluginRun = createStartedRegistration(plugin, tasks);
  started.push(pluginRun);
  try {
    const eager = providers
      .registered()
      .filter((one) => one.factory.service.scope === 'plugin' && isEager(one));
    const problems = await problemsOf(eager.map((provider) => instances.make(provider, pluginId)));
    if (problems.length > 0) {
      failAll(plugin.owner, problems);
      for (const part of [plugin, ...modules]) stop(part.owner, problems);
      pluginRun.task.stop();
      return;
    }

    const running = new Map<Registration, Promise<void>>();
    await Promise.all(modules.map((module) => startModule(module, running)));
    if (refusals.length > 0) {
      pluginRun.task.stop();
      stop(
        plugin.owner,
        refusals.map(({ problem }) => problem),
      );
      return;
    }

    const own = await problemsOf([
      runRegistration(plugin, pluginRun, {
        instances,
        points: moduleGraph.points,
        forPoints: { reportModuleStartupFailure: () => {} },
      }),
    ]);
    if (own.length > 0) failAll(plugin.owner, own);
    else await context.runStartupHooks(pluginId);
  } finally {
    context.settled(plugin.owner);
  }

  /** Once for each module, after those that use its extension points. */
  function startModule(module: Registration, running: Map<Registration, Promise<void>>): Promise<void> {
    const earlier = running.get(module);
    if (earlier) return earlier;
    const run = createStartedRegistration(module, tasks);
    started.push(run);
    pluginRun.task.waitFor(run.task);
    const promise = (async () => {
      await Promise.all(modulesBefore(module, modules).map((user) => startModule(user, running)));
      const problems = await problemsOf([
        runRegistration(module, run, {
          instances,
          points: moduleGraph.points,
          forPoints: {
            reportModuleStartupFailure: ({ error }) =>
              failAll(module.owner, [
                problemOfThrown(
                  'ERR_MODULE_REJECTED',
                  `plugin '${pluginId}' rejects ${ownerLabel(module.owner)}`,
                  error,
                  {
                    affects: [module.owner],
                  },
                ),
              ]),
          },
        }),
      ]);
      failAll(module.owner, problems);
      context.settled(module.owner);
    })();
    running.set(module, promise);
    return promise;
  }

  function failAll(owner: Owner, problems: readonly Problem[]): void {
    for (const problem of problems) {
      if (!fail(owner, problem)) refusals.push({ owner, problem });
    }
  }
}

function stop(owner: Owner, problems: readonly Problem[]): void {
  for (const problem of problems) {
    const label = ownerLabel(owner);
    if (!problem.stopped.includes(label)) problem.stopped.push(label);
  }
}

/** The problems of whatever failed, after everything has ended. */
async function problemsOf(promises: readonly Promise<unknown>[]): Promise<Problem[]> {
  const results = await Promise.allSettled(promises);
  const errors = results.flatMap((result) =>
    result.status === 'rejected' ? problemErrorsOf(result.reason) : [],
  );
  return [...new Set(errors.map(({ problem }) => problem))];
}
