/** `GET /openapi.json`: the OpenAPI document. It is made when somebody asks for it first, and kept as bytes. */
import { createHash } from 'node:crypto';
import { once } from '@vestibule/backend-plugin-api';
import type { RouteContext } from '@vestibule/koa-handler';
import type { ApiRoutes } from '@vestibule/plugin-auth-node';

/** Makes the step. @param groups - Asked when the document is made. */
export function createApiStep(
  server: string,
  groups: () => readonly ApiRoutes[],
): (ctx: RouteContext) => Promise<void> {
  const made = once(async () => {
    const { openApiDocument } = await import('./openApiDocument.ts');
    const bytes = Buffer.from(JSON.stringify(await openApiDocument({ server, groups: groups() })));
    return { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
  });
  return async (ctx) => {
    const { bytes, tag } = await made();
    ctx.set({ 'Cache-Control': 'public, max-age=300', ETag: tag });
    if (isKnown(ctx.get('if-none-match'), tag)) {
      ctx.status = 304;
      return;
    }
    ctx.type = 'application/json; charset=utf-8';
    ctx.body = bytes;
  };
}

/** Weakly compared (RFC 9110 section 13.1.2): a proxy that compresses makes a tag weak. */
function isKnown(given: string, tag: string): boolean {
  const tags = given.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
