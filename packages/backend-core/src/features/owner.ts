/** Who registered something: a plugin, or a module of one. */

/** A plugin, or a module of one. */
export interface Owner {
  readonly pluginId: string;
  readonly moduleId?: string;
}

/** As it stands in messages: `plugin 'auth'`, `module 'ldap' of plugin 'auth'`. */
export function ownerLabel({ pluginId, moduleId }: Owner): string {
  return moduleId === undefined ? `plugin '${pluginId}'` : `module '${moduleId}' of plugin '${pluginId}'`;
}

/** As it stands in paths: `plugin auth`, `module ldap of auth`. */
export function ownerStep({ pluginId, moduleId }: Owner): string {
  return moduleId === undefined ? `plugin ${pluginId}` : `module ${moduleId} of ${pluginId}`;
}

/** Whether two name the same plugin or module. */
export function isSameOwner(a: Owner, b: Owner): boolean {
  return a.pluginId === b.pluginId && a.moduleId === b.moduleId;
}
