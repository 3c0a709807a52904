/** What development and production mean, and what says which it is. */
import type { Config } from '../config/config.ts';

/**
 * How the backend runs, from `NODE_ENV`, and from the config where that says production. With another value, or none,
 * neither is true.
 *
 * @public
 */
export interface RuntimeModeService {
  /** `NODE_ENV` is exactly `development`, and the config does not say production: conveniences that would be unsafe elsewhere are on. */
  readonly isDevelopment: boolean;
  /** `NODE_ENV` is exactly `production`, or `auth.environment` is: weak and unsafe settings are refused. */
  readonly isProduction: boolean;
}

/**
 * The mode that an environment variable and a config make. A config that itself says production is held to production's
 * rules whatever the variable says: it is somebody's production, started by hand.
 *
 * @public
 */
export function runtimeModeOf(nodeEnv: string | undefined, config: Config): RuntimeModeService {
  const isProduction = nodeEnv === 'production' || saysProduction(config);
  return { isProduction, isDevelopment: nodeEnv === 'development' && !isProduction };
}

/** Looks without the getters, which throw where a parent is no object; that is for the check of the config to say. */
function saysProduction(config: Config): boolean {
  const auth = config.getOptional<unknown>('auth');
  return (
    typeof auth === 'object' && auth !== null && 'environment' in auth && auth.environment === 'production'
  );
}
