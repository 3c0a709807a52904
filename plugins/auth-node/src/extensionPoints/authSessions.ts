/** The extension point `auth.sessions`: what else lets somebody act for a user, listed and ended with their sessions. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';
import type { SessionSource } from '../services/sessionSource.ts';

/** Adds what is listed and ended beside the sessions of browsers. Use it in the init of a module. @public */
export interface AuthSessionsExtensionPoint {
  /**
   * Adds a source. It is asked with the others, for the first time after the start.
   *
   * @example
   * ```ts
   * sessions.addSource({
   *   search: async (filter, limit) => appPasswords.search(filter, limit),
   *   endWhere: async (filter) => appPasswords.endWhere(filter),
   * });
   * ```
   */
  addSource(source: SessionSource): void;
}

/** Depend on it in a module of the auth plugin: `deps: { sessions: authSessionsExtensionPoint }`. @public */
export const authSessionsExtensionPoint = createExtensionPoint<AuthSessionsExtensionPoint>({
  id: 'auth.sessions',
});
