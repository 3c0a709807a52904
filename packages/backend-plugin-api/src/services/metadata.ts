/** The services `core.pluginMetadata` and `core.rootInstanceMetadata`. */

/** Tells a plugin-scoped service for which plugin it was made. @public */
export interface PluginMetadataService {
  getId(): string;
}

/** What is installed in this backend. @public */
export interface RootInstanceMetadataService {
  /** Another for each backend, also of two in one process, and the same for as long as it runs. */
  readonly instanceId: string;
  getInstalledPlugins(): Promise<
    readonly { readonly pluginId: string; readonly modules: readonly { readonly moduleId: string }[] }[]
  >;
}
