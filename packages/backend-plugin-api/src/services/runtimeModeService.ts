/** What development and production mean, and what says which it is. */
import { asObject } from '../config/isObject.ts';
import type { Config } from '../config/config.ts';
import { configProblemAt, type ConfigProblem } from '../config/configProblem.ts';
import { isPublicHost } from '../config/publicHost.ts';
import { parseUrl } from '../config/parseUrl.ts';

/**
 * How the backend runs, from `NODE_ENV`, and from the config where that says production. With another value, or none,
 * neither is true.
 *
 * @public
 */
export interface RuntimeModeService {
  /** `NODE_ENV` is exactly `development`, and the config does not say production: conveniences that would be unsafe elsewhere are on. */
  readonly isDevelopment: boolean;
  /**
   * `NODE_ENV` is exactly `production`, or the config says so: `auth.environment` is `production`, or `backend.baseUrl` is an
   * address that strangers can reach, see {@link isPublicHost}. Weak and unsafe settings are refused.
   */
  readonly isProduction: boolean;
  /** Where the config says production and `NODE_ENV` does not: a sentence for whoever starts it, and the place. */
  readonly contradiction?: ConfigProblem;
}

/**
 * The mode that an environment variable and a config make. A config that itself says production is held to production's
 * rules whatever the variable says: it is somebody's production, started by hand.
 *
 * @public
 */
export function runtimeModeOf(nodeEnv: string | undefined, config: Config): RuntimeModeService {
  if (nodeEnv === 'production') return { isProduction: true, isDevelopment: false };
  const said = productionSaidBy(config);
  if (!said) return { isProduction: false, isDevelopment: nodeEnv === 'development' };
  const given = nodeEnv === undefined || nodeEnv === '' ? 'not set' : `'${nodeEnv}'`;
  return {
    isProduction: true,
    isDevelopment: false,
    contradiction: configProblemAt(config, said.path, {
      code: 'ERR_CONFIG_NODE_ENV',
      what: `${said.what}, so that the rules of production hold, though NODE_ENV is ${given}`,
      suggestion: `Start it with NODE_ENV=production${said.orElse}.`,
    }),
  };
}

/** Looks without the getters, which throw where a parent is no object; that is for the check of the config to say. */
function productionSaidBy(config: Config): { path: string; what: string; orElse: string } | undefined {
  if (asObject(config.getOptional('auth'))['environment'] === 'production')
    return { path: 'auth.environment', what: "is 'production'", orElse: '' };
  const { baseUrl } = asObject(config.getOptional('backend'));
  const url = typeof baseUrl === 'string' ? parseUrl(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !isPublicHost(url)) return undefined;
  return {
    path: 'backend.baseUrl',
    what: `is '${url.origin}', an address that strangers can reach`,
    orElse: '; for development, give an address of this machine or of a private network',
  };
}
