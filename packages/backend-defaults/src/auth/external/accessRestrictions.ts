/** Which plugins an external caller may call, and what it may do there. */
import {
  NotAllowedError,
  type BackstageCredentials,
  type PrincipalAccessRestrictions,
} from '@vestibule/backend-plugin-api';
import { entriesOf, type AccessRestrictionsConfig } from './externalAccessConfig.ts';

/** For each plugin that may be called, what is left of it. */
export type AccessRestrictions = ReadonlyMap<string, PrincipalAccessRestrictions>;

type Action = 'create' | 'read' | 'update' | 'delete';

/** The restrictions as the config has them; `undefined` where there are none, and everything may be called. */
export function readAccessRestrictions(config: AccessRestrictionsConfig): AccessRestrictions | undefined {
  return (
    config &&
    new Map(
      config.map(({ plugin, permission, permissionAttribute }) => [
        plugin,
        {
          ...(permission !== undefined && { permissionNames: entriesOf(permission) }),
          ...(permissionAttribute && {
            permissionAttributes: { action: entriesOf(permissionAttribute.action) as Action[] },
          }),
        },
      ]),
    )
  );
}

/** @throws NotAllowedError `ERR_ACCESS_RESTRICTED` when the plugin may not be called. The token was good. */
export function restrictionsFor(
  pluginId: string,
  restrictions: AccessRestrictions,
): PrincipalAccessRestrictions {
  const found = restrictions.get(pluginId);
  if (found) return found;
  const plugins = [...restrictions.keys()].map((id) => `'${id}'`).join(', ');
  throw accessRestricted(`This token's access is restricted to plugin(s) ${plugins}`);
}

/**
 * Checks that a plugin may call another for this caller. What is left of the caller's access cannot be told to the other
 * plugin, so only full access to it is passed on.
 *
 * @param restrictions - `undefined` for credentials that were copied: they are not passed on.
 * @throws NotAllowedError `ERR_ACCESS_RESTRICTED`.
 */
export function checkDelegation(
  credentials: BackstageCredentials,
  restrictions: AccessRestrictions | undefined,
  targetPluginId: string,
): void {
  const { accessRestrictions } = credentials.principal as { accessRestrictions?: unknown };
  if (accessRestrictions === undefined) return;
  const target = restrictions?.get(targetPluginId);
  if (!target) {
    throw accessRestricted(
      `Access to target plugin '${targetPluginId}' is not included in token's access restrictions`,
    );
  }
  if (Object.keys(target).length > 0) {
    throw accessRestricted(
      `Access to target plugin '${targetPluginId}' is restricted and cannot be delegated`,
    );
  }
}

/**
 * - `ERR_ACCESS_RESTRICTED`: The token of an outside caller is good, and its `accessRestrictions` name other plugins, or leave so little of one that a call cannot be passed on.
 */
function accessRestricted(message: string): NotAllowedError {
  return new NotAllowedError('ERR_ACCESS_RESTRICTED', message);
}
