/**
 * Stops what was started, users before what they use:
 *
 * 1. before-shutdown hooks of the backend; the HTTP listener drains here, while everything still works;
 * 2. the plugins, in parallel: hooks of the plugin, of its modules, of its services;
 * 3. hooks that plugins, modules and their services added to the backend;
 * 4. root services: the hooks of each and then the service itself, after those of everybody who depends on it. The root
 *    logger comes last.
 *
 * Everything runs under a deadline of its own, is logged by name when it passes it, and is passed over.
 */
import { coreServices, type LoggerService } from '@vestibule/backend-plugin-api';
import type { StartedRegistration } from '../boot/runRegistration.ts';
import type { Consumer, Instance } from '../services/instance.ts';
import { disposalOf } from './disposal.ts';
import type { Hook, Hooks } from './hooks.ts';
import { runHook, runHooks } from './runHooks.ts';

/** What there is to stop. */
export interface Started {
  readonly rootHooks: Hooks;
  readonly pluginHooks: ReadonlyMap<string, Hooks>;
  readonly parts: readonly StartedRegistration[];
  readonly instances: readonly Instance[];
  readonly timeoutMilliseconds: number;
  /** For hooks before shutdown, one of which lets the listener serve on for a while. */
  readonly beforeShutdownTimeoutMilliseconds: number;
  loggerOf(pluginId?: string): LoggerService | undefined;
}

/** Stops everything. Never throws. */
export async function shutDown(started: Started): Promise<void> {
  const { rootHooks, pluginHooks, instances, parts, timeoutMilliseconds, loggerOf } = started;
  await runHooks(rootHooks.take('beforeShutdown'), started.beforeShutdownTimeoutMilliseconds, loggerOf());

  const pluginIds = new Set([...pluginHooks.keys(), ...instances.flatMap(({ pluginId }) => pluginId ?? [])]);
  for (const { pluginId } of parts) pluginIds.add(pluginId);
  await Promise.all([...pluginIds].map((pluginId) => shutDownPlugin(pluginId)));

  const hooks = rootHooks.take('shutdown');
  const roots = instances.filter(({ pluginId }) => pluginId === undefined);
  const ofPlugins = instances.filter(({ pluginId }) => pluginId !== undefined);
  const others = hooks.filter(({ owner }) => !instances.some((instance) => instance === owner));
  await runHooks(others, timeoutMilliseconds, loggerOf());
  await inReverse(ofPlugins, (instance) =>
    runHooks(hooksOf(hooks, [instance]), timeoutMilliseconds, loggerOf(instance.pluginId)),
  );
  const forLogging = closure(roots.filter(({ provider }) => provider.id === coreServices.rootLogger.id));
  await inReverse(
    roots.filter((instance) => !forLogging.has(instance)),
    (instance) => tearDown(instance, hooks),
  );
  await inReverse([...forLogging], (instance) => tearDown(instance, hooks));

  async function shutDownPlugin(pluginId: string): Promise<void> {
    const logger = loggerOf(pluginId);
    const ofPlugin = pluginHooks.get(pluginId)?.take('shutdown') ?? [];
    const own = parts.filter((part) => part.pluginId === pluginId);
    for (const isModule of [false, true]) {
      const ending = own.filter((part) => part.isModule === isModule);
      await runHooks(hooksOf(ofPlugin, ending), timeoutMilliseconds, logger);
      await Promise.all(
        ending.flatMap(({ built }) => built.map(({ label, value }) => dispose(label, value, logger))),
      );
    }
    const ofServices = instances.filter((instance) => instance.pluginId === pluginId);
    await inReverse(ofServices, (instance) => tearDown(instance, ofPlugin));
  }

  async function tearDown(instance: Instance, among: readonly Hook[]): Promise<void> {
    const logger = loggerOf(instance.pluginId);
    await runHooks(hooksOf(among, [instance]), timeoutMilliseconds, logger);
    if (instance.isMaker) await dispose(instance.label, instance.value, logger);
  }

  async function dispose(label: string, value: unknown, logger: LoggerService | undefined): Promise<void> {
    const run = disposalOf(value);
    if (run) await runHook({ label: `the disposal of ${label}`, timeoutMilliseconds, logger, run });
  }
}

function hooksOf(hooks: readonly Hook[], owners: readonly Consumer[]): Hook[] {
  return hooks.filter(({ owner }) => owners.some((consumer) => consumer === owner));
}

/** Instances with everything they use. */
function closure(instances: readonly Instance[]): Set<Instance> {
  const all = new Set(instances);
  for (const instance of all) for (const used of instance.uses) all.add(used);
  return all;
}

/** Runs `end` for each instance once it has run for all that use it; independent ones run at once. */
async function inReverse(
  instances: readonly Instance[],
  end: (instance: Instance) => Promise<void>,
): Promise<void> {
  const ended = new Map<Instance, Promise<void>>();
  function ending(instance: Instance): Promise<void> {
    const earlier = ended.get(instance);
    if (earlier) return earlier;
    const users = instances.filter((other) => other.uses.has(instance));
    const promise = (async () => {
      await Promise.all(users.map(ending));
      await end(instance);
    })();
    ended.set(instance, promise);
    return promise;
  }
  await Promise.all(instances.map(ending));
}
