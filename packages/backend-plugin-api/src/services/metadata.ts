/** The services `core.pluginMetadata` and `core.rootInstanceMetadata`. */

/** Tells a plugin-scoped service for which plugin it was made. @public */
export interface PluginMetadataService {
  getId(): string;
}

/** What is installed in this backend. @public */
export interface RootInstanceMetadataService {
  getInstalledPlugins(): Promise<
    readonly { readonly pluginId: string; readonly modules: readonly { readonly moduleId: string }[] }[]
  >;
}
