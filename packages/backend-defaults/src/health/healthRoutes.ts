/** `GET /.backstage/health/v1/readiness` and `/liveness`, answered also while the backend starts and stops. */
import { readConfig, type Config, type RootHealthService } from '@vestibule/backend-plugin-api';
import type Koa from 'koa';
import { z } from 'zod';

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

/** The routes as one Koa middleware. */
export function healthRoutes(health: RootHealthService, config: Config): Koa.Middleware {
  const { backend } = readConfig({ config, schema: healthConfigSchema, owner: 'core.rootHealth' });
  const headers = backend?.health?.headers ?? {};
  const probes = new Map([
    ['/.backstage/health/v1/readiness', () => health.getReadiness()],
    ['/.backstage/health/v1/liveness', () => health.getLiveness()],
  ]);
  return async (ctx, next) => {
    const probe = ctx.method === 'GET' || ctx.method === 'HEAD' ? probes.get(ctx.path) : undefined;
    if (!probe) {
      await next();
      return;
    }
    const { status, payload } = await probe();
    ctx.set(headers);
    ctx.set('Cache-Control', 'no-store');
    // The status after the body: a body alone sets 200.
    ctx.body = payload;
    ctx.status = status;
  };
}
