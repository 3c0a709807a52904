/** `backend.baseUrl` and `app.baseUrl`: what they may be, and what they are when they are not set. */
import {
  ConfigError,
  isLocatedConfig,
  readConfig,
  type Config,
  type ConfigProblem,
  type RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';

const baseUrl = z.string().refine(isBaseUrl, {
  error: "must be an http or https URL without query, for example 'https://portal.example.com'",
});

/** @public */
export const baseUrlsConfigSchema = z.object({
  // Much of `app` belongs to the front end.
  app: z.looseObject({ baseUrl: baseUrl.optional(), title: z.string().optional() }).optional(),
  backend: z.object({ baseUrl: baseUrl.optional() }).optional(),
});

/** Without trailing slashes. */
export interface BaseUrls {
  backend?: string;
  app?: string;
}

/**
 * Reads the two addresses.
 *
 * In production `backend.baseUrl` is required, since no default could be right, and both must be https unless they are
 * loopback: over plain http, tokens and cookies would travel in the clear (RFC 9700 section 2.6).
 *
 * @throws ConfigError with `ERR_CONFIG_BASE_URL_MISSING` or `ERR_CONFIG_BASE_URL_INSECURE` among its problems.
 */
export function readBaseUrls(config: Config, { isProduction }: RuntimeModeService): BaseUrls {
  const { backend, app } = readConfig({ config, schema: baseUrlsConfigSchema, owner: 'core.discovery' });
  const problems: ConfigProblem[] = [];
  if (isProduction) {
    if (backend?.baseUrl === undefined) problems.push(missing);
    for (const [root, url] of [
      ['backend', backend?.baseUrl],
      ['app', app?.baseUrl],
    ] as const) {
      if (url !== undefined && isPublicHttp(url)) problems.push(insecure(config, root, url));
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...(backend?.baseUrl !== undefined && { backend: withoutSlash(backend.baseUrl) }),
    ...(app?.baseUrl !== undefined && { app: withoutSlash(app.baseUrl) }),
  };
}

const missing: ConfigProblem = {
  code: 'ERR_CONFIG_BASE_URL_MISSING',
  path: 'backend.baseUrl',
  message: 'backend.baseUrl is missing; in production it must say how browsers reach the backend',
  suggestion: "Set it, for example to 'https://portal.example.com'.",
};

function insecure(config: Config, root: 'backend' | 'app', url: string): ConfigProblem {
  const location = isLocatedConfig(config) ? config.locate([root, 'baseUrl']) : undefined;
  return {
    code: 'ERR_CONFIG_BASE_URL_INSECURE',
    path: `${root}.baseUrl`,
    message: `${root}.baseUrl is http in production: '${url}'`,
    suggestion: 'Use https; plain http is allowed on loopback only.',
    ...(location && { location }),
  };
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && search + hash + username + password === '';
}

function isPublicHttp(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'http:' && !/^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
