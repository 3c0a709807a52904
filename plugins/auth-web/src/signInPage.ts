/**
 * The routes of the page. Whatever is not listed here goes on to the backend's own 404.
 *
 * - `GET /`: the page. Its query (`error_code`, `error_reference`) is read by the script only.
 * - `GET /auth-web/<hash>/<file>`: its script and stylesheet.
 * - `GET /favicon.ico`: the icon, which browsers ask for on behalf of pages that name none.
 * - `GET /auth-web/owned`: what the bearer of a user token owns, as JSON.
 */
import Router from '@koa/router';
import type { SignInChoice } from '@vestibule/plugin-auth-node';
import Koa from 'koa';
import type { Assets } from './assets.ts';
import type { OwnedLookUp } from './owned.ts';
import { renderPage } from './renderPage.ts';

export interface SignInPageOptions {
  title: string;
  /** Where the page is reached. */
  origin: string;
  /** Whether refusals say what an operator would do. */
  isDevelopment: boolean;
  /** Asked at each request. */
  choices(): readonly SignInChoice[];
  assets: Assets;
  owned: OwnedLookUp;
}

const pageHeaders = {
  'Cache-Control': 'no-store',
  // Pictures come from the providers' own servers; everything else from here. No inline script, no inline style.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  // With plain same-origin, the sign-in window would lose its opener, to which it reports.
  'Cross-Origin-Opener-Policy': 'same-origin-allow-popups',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export function createSignInPage(options: SignInPageOptions): Koa {
  const { assets, owned, choices, ...page } = options;
  const router = new Router();

  router.get('/', (ctx) => {
    ctx.set(pageHeaders);
    ctx.type = 'html';
    ctx.body = renderPage({ ...page, choices: choices(), assets });
  });

  router.get('/auth-web/owned', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = await owned(ctx.req);
  });

  router.get(`${assets.basePath}/:name`, (ctx, next) =>
    sendAsset(ctx, next, ctx.params.name ?? '', 'public, max-age=31536000, immutable'),
  );
  router.get('/favicon.ico', (ctx, next) => sendAsset(ctx, next, 'icon.svg', 'public, max-age=86400'));

  function sendAsset(ctx: Koa.Context, next: Koa.Next, name: string, cacheControl: string): unknown {
    const asset = assets.files.get(name);
    if (!asset) return next();
    ctx.set('Cache-Control', cacheControl);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.type = asset.type;
    ctx.body = asset.text;
    return undefined;
  }

  const app = new Koa();
  app.use(router.routes());
  return app;
}
