/** `GET /.backstage/health/v1/readiness` and `/liveness`, answered also while the backend starts and stops. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readConfig, type Config, type RootHealthService } from '@vestibule/backend-plugin-api';
import { pathOf } from '../http/requestTarget.ts';
import { sendJson } from '../http/sendJson.ts';
import { z } from 'zod';
import { readinessPath } from './rootHealth.ts';

/** The keys of `backend.health`. @public */
export const healthConfigSchema = z.object({
  backend: z
    .object({
      health: z
        .object({
          /** Sent with every answer about health, for example to tell services apart behind a proxy. */
          headers: z.record(z.string(), z.string()).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Answers one probe. */
type Probe = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Finds the probe that a request is; `undefined` for every other request. */
export function createHealthProbes(
  health: RootHealthService,
  config: Config,
): (request: IncomingMessage) => Probe | undefined {
  const { backend } = readConfig({ config, schema: healthConfigSchema, owner: 'core.rootHealth' });
  const headers = Object.entries(backend?.health?.headers ?? {});
  const answering =
    (ask: () => ReturnType<RootHealthService['getReadiness']>): Probe =>
    async (_request, response) => {
      const { status, payload } = await ask();
      for (const [name, value] of headers) response.setHeader(name, value);
      response.setHeader('Cache-Control', 'no-store');
      response.statusCode = status;
      if (payload === undefined) response.setHeader('Content-Length', '0').end();
      else sendJson(response, payload);
    };
  const probes = new Map([
    [readinessPath, answering(async () => health.getReadiness())],
    ['/.backstage/health/v1/liveness', answering(async () => health.getLiveness())],
  ]);
  return ({ method, url = '' }) =>
    method === 'GET' || method === 'HEAD' ? probes.get(pathOf(url)) : undefined;
}
