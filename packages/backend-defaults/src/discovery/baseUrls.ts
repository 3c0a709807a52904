/** `backend.baseUrl` and `app.baseUrl`: what they may be, and what they are when they are not set. */
import {
  isHttpsOrLoopback,
  configProblemAt,
  readConfig,
  parseUrl,
  type Config,
  type ConfigProblem,
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
 * What production refuses. `backend.baseUrl` is required, since no default could be right, and both must be https unless
 * they are loopback: over plain http, tokens and cookies would travel in the clear (RFC 9700 section 2.6).
 *
 * @returns Problems with the codes `ERR_CONFIG_BASE_URL_MISSING` and `ERR_CONFIG_BASE_URL_INSECURE`.
 */
export function baseUrlProblemsInProduction(config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const root of ['backend', 'app'] as const) {
    const url = baseUrlIn(config.getOptional(root));
    if (url === undefined && root === 'backend') problems.push(missing(config));
    // What is no URL is reported by the schema.
    if (typeof url === 'string' && isBaseUrl(url) && isPublicHttp(url)) {
      problems.push(insecure(config, root, url));
    }
  }
  return problems;
}

/** Reads the two addresses of a config that was checked. */
export function readBaseUrls(config: Config): BaseUrls {
  const { backend, app } = readConfig({ config, schema: baseUrlsConfigSchema, owner: 'core.discovery' });
  return {
    ...(backend?.baseUrl !== undefined && { backend: withoutSlash(backend.baseUrl) }),
    ...(app?.baseUrl !== undefined && { app: withoutSlash(app.baseUrl) }),
  };
}

function baseUrlIn(root: unknown): unknown {
  return typeof root === 'object' && root !== null && 'baseUrl' in root ? root.baseUrl : undefined;
}

function missing(config: Config): ConfigProblem {
  return configProblemAt(config, 'backend.baseUrl', {
    code: 'ERR_CONFIG_BASE_URL_MISSING',
    what: 'is missing; in production it must say how browsers reach the backend',
    suggestion: "Set it, for example to 'https://portal.example.com'.",
  });
}

function insecure(config: Config, root: 'backend' | 'app', url: string): ConfigProblem {
  return configProblemAt(config, `${root}.baseUrl`, {
    code: 'ERR_CONFIG_BASE_URL_INSECURE',
    what: `is http in production: '${url}'`,
    suggestion: 'Use https; plain http is allowed on loopback only.',
  });
}

function isBaseUrl(text: string): boolean {
  const url = parseUrl(text);
  if (!url) return false;
  const { protocol, search, hash, username, password } = url;
  return ['http:', 'https:'].includes(protocol) && search + hash + username + password === '';
}

function isPublicHttp(text: string): boolean {
  return !isHttpsOrLoopback(new URL(text));
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
