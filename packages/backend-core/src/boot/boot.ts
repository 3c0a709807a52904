/**
 * One start-up, from what was added to a running backend, and its end. The steps:
 *
 * 1. collect: imports are awaited, register() runs, services find their place; default factories are asked;
 * 2. config: `core.rootConfig` is made and judged by every schema;
 * 3. loaders run, of a config with faults only those that look at nothing, and what they bring is collected and judged too;
 * 4. the whole graph is judged. Whatever was found up to here comes in one error, and nothing else has run;
 * 5. root services are made, those that do not depend on one another at once;
 * 6. plugins start side by side, see startPlugin.ts; then the startup hooks of the backend.
 *
 * A failure after step 4 is recorded while the others go on; then all is stopped and one error tells everything.
 *
 * This file is longer than most because it is the one place where the order of the steps can be read.
 */
import { randomUUID } from 'node:crypto';
import {
  configProblemLine,
  coreServices,
  isRedactingLogger,
  secretValues,
  systemClock,
  unreadRoots,
  type BackendPart,
  type Config,
  type ConfigFindings,
  type ConfigProblem,
  type DisabledPart,
  type LoggerService,
  type OwnedConfigSchema,
  type ServiceFactory,
} from '@vestibule/backend-plugin-api';
import { createRootScope } from '../container/scope.ts';
import { BackendStartupError } from '../errors.ts';
import { buildModuleGraph, type ModuleGraph } from '../features/moduleGraph.ts';
import { collectFeatures, type AddedFeature, type Collection } from '../features/collectFeatures.ts';
import { isSameOwner, ownerLabel, ownerStep, type Owner } from '../features/owner.ts';
import { isEager, type Provider } from '../graph/provider.ts';
import { createProviders, type Providers } from '../graph/providers.ts';
import {
  askDefaultFactories,
  entryOfDecorator,
  entryOfService,
  walk,
  type Entry,
} from '../graph/serviceGraph.ts';
import { validateServices } from '../graph/validateServices.ts';
import { nonThrowingLogger } from '../lifecycle/nonThrowingLogger.ts';
import { createHooks, type Hooks } from '../lifecycle/hooks.ts';
import { runHooks } from '../lifecycle/runHooks.ts';
import { shutDown } from '../lifecycle/shutDown.ts';
import { formatProblem } from '../problems/formatProblems.ts';
import { withoutRepeats, withoutSecrets } from '../problems/reportedProblems.ts';
import { problemOfConfig, spellOutConfigErrors } from '../problems/spellOutConfigErrors.ts';
import type { Problem, StartupProblem } from '../problems/startupProblem.ts';
import { builtInFactories } from '../services/builtInServices.ts';
import { createInstances, problemErrorsOf, type Instances } from '../services/instances.ts';
import { configSchemasOf, readRootConfig, runtimeModeFor } from './bootConfig.ts';
import { readBootSettings, type BootSettings } from './bootSettings.ts';
import { createFailures, goingOnWithout, type Failures } from './failures.ts';
import { createInstalledList } from './installedList.ts';
import {
  askJudges,
  describedBy,
  checkAgainstSchemas,
  type ConfigJudgement,
  type JudgedConfig,
} from './judgeConfig.ts';
import { watchProgress } from './progress.ts';
import { mendersOf, settledByWhatIsInstalled } from './provisional.ts';
import { runLoaders } from './runLoaders.ts';
import { startPlugin } from './startPlugin.ts';
import type { StartedRegistration } from './runRegistration.ts';
import type { StartupResult } from './startupResult.ts';
import { summarise } from './summarise.ts';
import { createInitTasks, type InitTasks } from './initTasks.ts';

/** Options of a start-up; config overrides the timeouts. */
export interface BootOptions {
  readonly defaultServiceFactories: readonly ServiceFactory[];
  readonly startupTimeoutMilliseconds: number;
  readonly shutdownTimeoutMilliseconds: number;
  readonly progressAfterMilliseconds: number;
}

/** What stands against a start, as far as can be told before anything is made. @public */
export interface BackendJudgement {
  /** What stops it. */
  readonly problems: readonly StartupProblem[];
  /** What it would go on without, for a fault of the config. */
  readonly disabled: readonly DisabledPart[];
  /** What it would only tell: keys of others, and keys that newer ones have replaced. */
  readonly warnings: readonly ConfigProblem[];
  /** What was judged, as far as it could be read. */
  readonly config?: Config;
  /** Tells of every key that something installed reads: the schemas that judge, and what describes more than they do. */
  describeConfig(): Promise<readonly OwnedConfigSchema[]>;
  /** What it would tell of what the config comes to, for example who can sign in. */
  readonly notes: readonly string[];
}

/** How to judge. @public */
export interface JudgeOptions {
  /** Whether the backend would start here, so that the files that its config names are looked at. Default `false`. */
  readonly isOnSite?: boolean;
}

/** A start-up, and what it has made so far. */
export interface Boot {
  readonly tasks: InitTasks;
  readonly providers: Providers;
  readonly instances: Instances;
  readonly failures: Failures;
  moduleGraph(): ModuleGraph;
  /** Runs all steps. @throws BackendStartupError, after everything was stopped again. */
  start(added: readonly AddedFeature[]): Promise<StartupResult>;
  /** Runs the steps that come before anything is made, and tells what they found. Never throws. */
  judge(added: readonly AddedFeature[], options: JudgeOptions): Promise<BackendJudgement>;
  /** Stops everything. Never throws. */
  stop(): Promise<void>;
}

// A loader that has not run might cure these.
const curable = new Set<string>(['ERR_SERVICE_MISSING', 'ERR_MODULE_ORPHAN', 'ERR_EXTENSION_POINT_MISSING']);

/** Prepares a start-up. */
export function createBoot(options: BootOptions): Boot {
  let settings: BootSettings = readBootSettings(undefined, options);
  const tasks = createInitTasks(() => settings.startupTimeoutMilliseconds);
  const providers = createProviders({
    builtIn: builtInFactories,
    defaults: options.defaultServiceFactories,
    tasks,
  });
  const failures = createFailures(
    () => settings,
    (problem) => withoutSecrets(problem, secrets(), configValues()),
  );
  const rootHooks = createHooks();
  const pluginHooks = new Map<string, Hooks>();
  const started: StartedRegistration[] = [];
  const settledAt = new Map<string, Date>();
  const beginAt = new Date(systemClock.now());
  const collection: Collection = { registrations: [], problems: [], addedPlugins: new Set(), loaders: [] };
  let moduleGraph: ModuleGraph = { plugins: [], points: new Map(), problems: [] };
  let installed: ReturnType<typeof createInstalledList> = Object.freeze([]);
  let judged: JudgedConfig | undefined;
  let judgement: ConfigJudgement = { problems: [], disabled: [], warnings: [], notes: [] };
  let found: ConfigFindings = { problems: [], warnings: [] };
  let noteOfRoots: string | undefined;
  let isOver = false;

  const instances = createInstances({
    providers,
    tasks,
    rootScope: createRootScope(),
    sources: {
      rootHooks,
      hooksOf,
      instanceId: randomUUID(),
      installed: () => installed,
      addedParts: { isAdded },
    },
  });

  function hooksOf(pluginId: string): Hooks {
    const hooks = pluginHooks.get(pluginId) ?? createHooks();
    pluginHooks.set(pluginId, hooks);
    return hooks;
  }

  function isAdded(part: BackendPart): boolean {
    if ('plugin' in part) return collection.addedPlugins.has(part.plugin);
    return providers.all().some(({ id, origin }) => id === part.service && origin === 'added');
  }

  function loggerOf(pluginId?: string): LoggerService | undefined {
    const ofPlugin = pluginId === undefined ? undefined : instances.peek(coreServices.logger.id, pluginId);
    if (ofPlugin) return nonThrowingLogger(ofPlugin as LoggerService);
    const peeked = instances.peek(coreServices.rootLogger.id) as LoggerService | undefined;
    const root = peeked && nonThrowingLogger(peeked);
    return pluginId === undefined ? root : root?.child({ plugin: pluginId });
  }

  async function start(added: readonly AddedFeature[]): Promise<StartupResult> {
    const endProgress = watchProgress({
      tasks,
      logger: () => loggerOf(),
      firstAfterMilliseconds: options.progressAfterMilliseconds,
    });
    try {
      await prepare(added, true);
      // Who mends the config mends what would be disabled too. A start that goes on logs that.
      refuseIfNeeded([
        ...judgement.disabled.flatMap(({ problems }) => problems.flatMap(asFarAsKnown)),
        ...judgement.problems.filter((problem) => !isCertain(problem)).flatMap(asFarAsKnown),
      ]);
      await startRootServices();
      refuseIfNeeded();
      for (const problem of failures.allowed()) {
        for (const owner of problem.affects) logGoingOn(owner, problem);
      }
      await Promise.all(
        moduleGraph.plugins
          .filter(({ plugin }) => !isLeftOut(plugin.owner))
          .map((plugin) =>
            startPlugin(plugin, {
              tasks,
              providers,
              instances,
              moduleGraph: moduleGraph,
              started,
              isLeftOut,
              fail,
              runStartupHooks: (pluginId) => runStartupHooks(hooksOf(pluginId), pluginId),
              settled: (owner) => void settledAt.set(ownerLabel(owner), new Date(systemClock.now())),
            }),
          ),
      );
      refuseIfNeeded();
      await runStartupHooks(rootHooks);
      isOver = true;
      return summary('success');
    } catch (error) {
      isOver = true;
      await stop();
      for (const hooks of [rootHooks, ...pluginHooks.values()]) hooks.abandon();
      throw error;
    } finally {
      endProgress();
    }
  }

  /** Steps 1 to 4. */
  async function prepare(added: readonly AddedFeature[], isOnSite: boolean): Promise<void> {
    await collectFeatures(added, collection, { tasks, providers });
    await settle();

    const known = new Map<string, Problem>();
    const context = { tasks, providers, instances, known };
    const read = await readRootConfig(providers, instances, known);
    failures.add(read.problems);
    const config = read.config ?? read.rest?.config;
    const unread = read.rest?.unread ?? [];
    if (config) found = await checkNow(config, unread);
    const isGood = read.problems.length === 0 && found.problems.length === 0;
    if (isGood) settings = readBootSettings(config, options);

    // Those that cannot stumble over a fault bring what else is to be judged.
    const isProduction = judged?.runtimeMode.isProduction ?? false;
    const loaderProblems = await runLoaders(
      collection,
      context,
      isGood ? undefined : { config, isProduction },
    );
    if (collection.loaders.some(({ hasRun }) => hasRun)) {
      await settle();
      if (config) found = await checkNow(config, unread);
    }
    failures.add(loaderProblems);
    if (judged && configValues() !== undefined && collection.loaders.every(({ hasRun }) => hasRun)) {
      const roots = unreadRoots({ ...judged, pluginIds: pluginIds() });
      found = { ...found, warnings: [...found.warnings, ...roots.misspelt] };
      noteOfRoots = roots.note;
    }
    if (judged) {
      const asked = await askJudges(judged, {
        tasks,
        providers,
        pluginIds: pluginIds(),
        isOnSite,
        isAdded,
        found,
      });
      judgement = settledByWhatIsInstalled(asked, { registrations: collection.registrations, providers });
    }
    failures.add([...found.problems, ...judgement.problems.filter(isCertain)].map(problemOfConfig));

    // What a loader might have brought is not missing for certain while loaders could not run.
    const isComplete = collection.loaders.every(({ hasRun }) => hasRun) && loaderProblems.length === 0;
    const ofGraph = [
      ...collection.problems,
      ...moduleGraph.problems,
      ...validateServices(entries(), providers, known),
    ];
    failures.add(isComplete ? ofGraph : ofGraph.filter(({ code }) => !curable.has(code)));
    installed = createInstalledList(moduleGraph, isLeftOut);
  }

  async function settle(): Promise<void> {
    buildGraph();
    await askDefaultFactories(entries(), providers);
  }

  async function checkNow(config: Config, unread: readonly string[]) {
    const runtimeMode = await runtimeModeFor(config, providers, instances);
    judged = { config, unread, runtimeMode, schemas: configSchemasOf(collection, providers) };
    return checkAgainstSchemas(judged);
  }

  function pluginIds(): string[] {
    return moduleGraph.plugins.map(({ plugin }) => plugin.owner.pluginId);
  }

  function buildGraph(): void {
    moduleGraph = buildModuleGraph(collection.registrations, collection.problems);
  }

  /** Where the graph of services begins: whatever will run, and what was added though nobody uses it. */
  function entries(): Entry[] {
    const list: Entry[] = [];
    const owners: Owner[] = [];
    for (const { plugin, modules } of moduleGraph.plugins) {
      for (const { owner, needs } of [plugin, ...modules]) {
        list.push({
          step: ownerStep(owner),
          label: ownerLabel(owner),
          rootOnly: false,
          needs,
          affects: [owner],
        });
      }
      owners.push(plugin.owner);
    }
    const eager: Provider[] = [];
    const lazy: Provider[] = [];
    for (const provider of providers.registered()) {
      if (isEager(provider)) eager.push(provider);
      else if (provider.origin === 'added' || provider.origin === 'loaded') lazy.push(provider);
    }
    list.push(...eager.map((provider) => entryOfService(provider, owners)));
    const reached = new Set(list.flatMap((entry) => [...walk(entry, providers)].map(({ ref }) => ref.id)));
    for (const provider of lazy) {
      if (!reached.has(provider.id)) list.push(entryOfService(provider, owners));
    }
    for (const { id } of [...eager, ...lazy]) reached.add(id);
    for (const one of providers.decorators()) {
      if (!reached.has(one.decorator.service.id)) list.push(entryOfDecorator(one, owners));
    }
    return list;
  }

  async function startRootServices(): Promise<void> {
    const eager = new Set(providers.registered().filter((one) => isRoot(one) && isEager(one)));
    const [logger] = providers.of(coreServices.rootLogger) ?? [];
    if (logger) {
      eager.add(logger);
      await startRootLogger(logger);
    }
    const results = await Promise.allSettled([...eager].map((provider) => instances.make(provider)));
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      const problems = problemErrorsOf(result.reason).map(({ problem }) => problem);
      for (const problem of problems) problem.fatal = true;
      failures.add(problems);
    }
  }

  /** Before all others, and told what it must not write before anybody writes. */
  async function startRootLogger(provider: Provider): Promise<void> {
    await instances.make(provider).catch(() => {}); // The caller makes it again and meets the same failure.
    // What is decorated writes, too.
    for (const { provider: made, value } of instances.all()) {
      const logger =
        made.id === coreServices.rootLogger.id ? (value as LoggerService | undefined) : undefined;
      if (logger && isRedactingLogger(logger)) logger.addRedactions(secrets());
    }
    // Parts tell their own once they start.
    for (const warning of [...ofTheMode(), ...found.warnings]) loggerOf()?.warn(configProblemLine(warning));
    if (noteOfRoots !== undefined) loggerOf()?.info(noteOfRoots);
  }

  /** Why the rules of production hold, where nobody might expect that. */
  function ofTheMode(): ConfigProblem[] {
    const { contradiction } = judged?.runtimeMode ?? {};
    return contradiction ? [contradiction] : [];
  }

  function config(): Config | undefined {
    return judged?.config ?? (instances.peek(coreServices.rootConfig.id) as Config | undefined);
  }

  function configValues(): unknown {
    try {
      return config()?.getOptional();
    } catch {
      return undefined; // It could not be checked either, which is reported.
    }
  }

  /** What the schemas mark as secret. */
  function secrets(): Set<string> {
    const read = config();
    if (!read) return new Set();
    try {
      return secretValues({ config: read, schemas: configSchemasOf(collection, providers) });
    } catch {
      return new Set(); // It could not be checked either, which is reported.
    }
  }

  async function runStartupHooks(hooks: Hooks, pluginId?: string): Promise<void> {
    await runHooks(hooks.take('startup'), settings.startupTimeoutMilliseconds, loggerOf(pluginId));
  }

  function fail(owner: Owner, problem: Problem): boolean {
    if (isOver) {
      loggerOf(owner.pluginId)?.error(formatProblem(problem));
      return true;
    }
    const isAllowed = failures.fail(owner, problem);
    if (isAllowed) logGoingOn(owner, problem);
    return isAllowed;
  }

  function logGoingOn(owner: Owner, problem: Problem): void {
    loggerOf()?.error(`${goingOnWithout(owner)}\n${formatProblem(problem)}`);
  }

  function isLeftOut(owner: Owner): boolean {
    return failures.all().some(({ affects }) => affects.some((other) => isSameOwner(other, owner)));
  }

  /** @param besides - What is reported where the start is refused, and does not refuse it. */
  function refuseIfNeeded(besides: readonly ConfigProblem[] = []): void {
    const refused = failures.refused();
    if (refused.length === 0) return;
    const problems = presented([...refused, ...besides.map(problemOfConfig)]);
    throw new BackendStartupError(problems, summary('failure'), ofTheMode());
  }

  /** A provisional problem with who may mend it, so that nobody meets it at the next start; without such a one, it is left out. */
  function asFarAsKnown(problem: ConfigProblem): ConfigProblem[] {
    if (isCertain(problem)) return [problem];
    const menders = mendersOf(problem, { registrations: collection.registrations, providers });
    if (menders.length === 0) return [];
    const unless = `Unless ${menders.join(' or ')} adds it, which only a start that goes on would show.`;
    return [{ ...problem, suggestion: [problem.suggestion, unless].filter(Boolean).join(' ') }];
  }

  function presented(problems: readonly Problem[]): Problem[] {
    const known = secrets();
    return withoutRepeats(problems.flatMap(spellOutConfigErrors)).map((problem) =>
      withoutSecrets(problem, known, configValues()),
    );
  }

  /** Whether the boot-failure policy lets the backend start without whoever would meet a problem. */
  function isFailureAllowed({ owner }: ConfigProblem): boolean {
    const own = collection.registrations.find((part) => ownerLabel(part.owner) === owner);
    // A service fails for everybody.
    const owners = own ? [own.owner] : moduleGraph.plugins.map(({ plugin }) => plugin.owner);
    return owners.length > 0 && owners.every((one) => settings.isFailureAllowed(one));
  }

  async function judge(
    added: readonly AddedFeature[],
    { isOnSite = false }: JudgeOptions,
  ): Promise<BackendJudgement> {
    const endProgress = watchProgress({
      tasks,
      logger: () => undefined,
      firstAfterMilliseconds: options.progressAfterMilliseconds,
    });
    try {
      await prepare(added, isOnSite);
    } finally {
      isOver = true;
      endProgress();
      await stop();
    }
    const provisional = judgement.problems.filter((problem) => !isCertain(problem));
    const allowed = provisional.filter(isFailureAllowed);
    const stopping = provisional.filter((problem) => !allowed.includes(problem));
    return {
      problems: presented([...failures.refused(), ...stopping.map(problemOfConfig)]),
      disabled: [
        ...judgement.disabled,
        ...allowed.map((problem) => ({ name: problem.owner ?? 'the backend', problems: [problem] })),
      ],
      warnings: [...ofTheMode(), ...judgement.warnings],
      ...(judged && { config: judged.config }),
      describeConfig: async () =>
        describedBy(configSchemasOf(collection, providers), providers, judged?.config),
      notes: judgement.notes,
    };
  }

  function summary(outcome: StartupResult['outcome']): StartupResult {
    return summarise({
      outcome,
      beginAt,
      parts: collection.registrations,
      problems: failures.all(),
      failures,
      settledAt,
    });
  }

  async function stop(): Promise<void> {
    await shutDown({
      rootHooks,
      pluginHooks,
      parts: started,
      instances: instances.all(),
      timeoutMilliseconds: settings.shutdownTimeoutMilliseconds,
      beforeShutdownTimeoutMilliseconds:
        settings.shutdownTimeoutMilliseconds + settings.shutdownDelayMilliseconds,
      loggerOf,
    });
  }

  return { tasks, providers, instances, failures, moduleGraph: () => moduleGraph, start, judge, stop };
}

function isCertain({ isProvisional }: ConfigProblem): boolean {
  return isProvisional !== true;
}

function isRoot({ factory }: Provider): boolean {
  return factory.service.scope === 'root';
}
