/** Where a backend with this config listens, as its own machine sees it. For tools beside a running backend. */
import {
  ConfigError,
  configProblemAt,
  followsFromGap,
  type Config,
  type ConfigProblem,
} from '@vestibule/backend-plugin-api';
import type { ConfigSources } from '../config/loadConfig.ts';
import { readRootConfig } from '../config/rootConfig.ts';
import { parseListen, reachableHost } from '../http/listen.ts';

/**
 * The origin of `backend.listen`, for example `http://localhost:7007`. Other parts of the config may have faults: they are
 * no reason not to find the backend.
 *
 * @throws ConfigError `ERR_CONFIG_INVALID` where the config does not tell: it cannot be read there, or leaves the port to the system.
 * @public
 */
export async function readOwnUrl(sources: ConfigSources = {}): Promise<string> {
  const config = await readWhatThereIs(sources);
  const listen = parseListen(config.getOptional<unknown>('backend.listen'));
  if (!listen) throw fault(config, 'is no port, and no host with a port');
  if (listen.port === 0)
    throw fault(config, 'leaves the port to the system, so only a running backend knows it');
  const https = config.getOptional<unknown>('backend.https');
  // A variable gives text.
  const scheme = https === undefined || https === false || https === 'false' ? 'http' : 'https';
  return `${scheme}://${reachableHost(listen.host)}:${listen.port}`;
}

async function readWhatThereIs(sources: ConfigSources): Promise<Config> {
  try {
    return await readRootConfig(sources);
  } catch (error) {
    if (!(error instanceof ConfigError) || !error.rest) throw error;
    const { config, unread } = error.rest;
    const isAway = (path: string) => followsFromGap(unread, { code: 'ERR_CONFIG_VALUE_MISSING', path });
    if (['backend.listen', 'backend.https'].some(isAway)) throw error;
    return config;
  }
}

function fault(config: Config, what: string): ConfigError {
  const problem: ConfigProblem = configProblemAt(config, 'backend.listen', { what });
  return new ConfigError([problem]);
}
