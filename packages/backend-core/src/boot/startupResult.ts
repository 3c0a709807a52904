/** What `start()` resolves with: a record for each plugin and module, in Backstage's shape. */

/** A failure, and whether the boot-failure policy in config allowed the backend to start without the part. @public */
export interface StartupFailure {
  readonly error: Error;
  readonly allowed: boolean;
}

/** How the start of a module ended, and when. @public */
export interface ModuleStartupResult {
  readonly moduleId: string;
  readonly resultAt: Date;
  readonly failure?: StartupFailure;
}

/** How the start of a plugin ended, and of its modules. @public */
export interface PluginStartupResult {
  readonly pluginId: string;
  readonly resultAt: Date;
  readonly modules: readonly ModuleStartupResult[];
  readonly failure?: StartupFailure;
}

/** How a start ended. @public */
export interface StartupResult {
  readonly beginAt: Date;
  readonly resultAt: Date;
  readonly outcome: 'success' | 'failure';
  readonly plugins: readonly PluginStartupResult[];
}
