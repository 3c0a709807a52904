/**
 * Reads the config again while the backend runs: when a file changes that `$file` names, and when somebody asks, as the command
 * does at SIGHUP. What came of it is one line in the log, with keys and no values.
 */
import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import {
  configProblemLine,
  coreServices,
  createServiceFactory,
  createServiceRef,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import { isLiveConfig, type LiveConfig } from './liveConfig.ts';

/** For all files that one change touches: Kubernetes replaces them at once, other tools one after the other. */
const settleMilliseconds = 300;

/** Reads the config again. @public */
export interface ConfigReloadService {
  /** Resolves once it is read, and whoever follows a value was told. Never rejects: what is wrong is logged. */
  reload(): Promise<void>;
}

/** @public */
export const configReloadServiceRef = createServiceRef<ConfigReloadService>({
  id: 'vestibule.configReload',
  scope: 'root',
});

/** Where the config came from no file, or from somebody else's factory, nothing is read again. @public */
export const configReloadServiceFactory = createServiceFactory({
  service: configReloadServiceRef,
  deps: {
    config: coreServices.rootConfig,
    logger: coreServices.rootLogger,
    lifecycle: coreServices.rootLifecycle,
  },
  initialization: 'always',
  factory({ config, logger, lifecycle }) {
    if (!isLiveConfig(config)) return { reload: async () => Promise.resolve() };
    const reload = async (): Promise<void> => readAgain(config, logger);
    let stop: (() => void) | undefined;
    lifecycle.addStartupHook(() => {
      stop = watchFiles(config.filesOfValues(), () => void reload(), logger);
    });
    lifecycle.addShutdownHook(() => stop?.());
    return { reload };
  },
});

async function readAgain(config: LiveConfig, logger: LoggerService): Promise<void> {
  const { problems, applied, atNextStart } = await config.reload();
  if (problems.length > 0) {
    logger.error(
      `The config was read again and has faults, so all stays as it was: ${problems.map(configProblemLine).join('; ')}`,
    );
  }
  if (applied.length > 0) logger.info(`Read again: ${applied.join(', ')}`);
  if (atNextStart.length > 0) {
    logger.warn(`Changed, takes effect at the next start: ${atNextStart.join(', ')}`);
  }
}

/** Watches folders, since a file is often replaced by another: by its name, or by that of a link on the way (Kubernetes). */
function watchFiles(files: readonly string[], onChange: () => void, logger: LoggerService): () => void {
  const watchers: FSWatcher[] = [];
  let pending: NodeJS.Timeout | undefined;
  function noteChange(): void {
    clearTimeout(pending);
    pending = setTimeout(onChange, settleMilliseconds).unref();
  }
  for (const folder of new Set(files.map(dirname))) {
    const unseen = (error: unknown) =>
      logger.warn(`Changes in ${folder} are not seen; SIGHUP reads the files there`, error as Error);
    try {
      watchers.push(watch(folder, { persistent: false }, noteChange).on('error', unseen));
    } catch (error) {
      unseen(error);
    }
  }
  return () => {
    clearTimeout(pending);
    for (const watcher of watchers) watcher.close();
  };
}
