/**
 * The routes of the pages. Whatever is not listed here goes on to the backend's own 404.
 *
 * - `GET /`: the sign-in page. Its query (`error_code`, `error_reference`) is read by the script only.
 * - `GET /oauth2/authorize/:id`: the consent page, where the OAuth server sends browsers; the same for every id.
 * - `GET /auth-web/<hash>/<file>`: their scripts and stylesheet.
 * - `GET /favicon.ico`: the icon, which browsers ask for on behalf of pages that name none.
 * - `GET /auth-web/owned`: what the bearer of a user token owns, as JSON.
 * - `GET /auth-web/guests?q=…`: in development, whom a guest may pick, as JSON; for this page only.
 */
import Router, { type RouterContext } from '@koa/router';
import { AuthenticationError, InputError, NotAllowedError } from '@vestibule/backend-plugin-api';
import { signInCodes, type ApiRoute, type SignInOption } from '@vestibule/plugin-auth-node';
import { setLanguageHeaders, type Pages } from '@vestibule/plugin-auth-pages';
import Koa from 'koa';
import type { WebOperation } from './api/webApi.ts';
import type { Assets } from './assets.ts';
import { consentPath, isRequestId, renderConsentPage } from './consentPage.ts';
import type { PageOptions } from './document.ts';
import type { GuestPicker } from './guests.ts';
import type { OwnedLookUp } from './owned.ts';
import type { PageAddress } from './pageAddress.ts';
import { renderPage } from './renderPage.ts';

export interface SignInPageOptions {
  pages: Pages;
  /** Where the portal is; `undefined` where it is this very page. */
  portalUrl: string | undefined;
  /** Where the page is reached. */
  address: PageAddress;
  /** Whether refusals say what an operator would do, and why they were. */
  isDevelopment: boolean;
  /** Whether browsers are sent here for their consent, and not to a front end elsewhere. */
  asksForConsent: boolean;
  /** Asked at each request. */
  signInOptions(): readonly SignInOption[];
  assets: Assets;
  owned: OwnedLookUp;
  guests: GuestPicker;
}

const longestSearch = 100;

const pageHeaders = ({ logoSource }: Pages) => ({
  'Cache-Control': 'no-store',
  // Pictures come from the providers' own servers; everything else from here. No inline script, no inline style.
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' https:${logoSource === 'data:' ? ' data:' : ''}`,
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
});

/** A route as the OpenAPI document has it, too. Koa answers HEAD with what it has for GET. */
interface PageRoute extends ApiRoute<WebOperation> {
  readonly methods: readonly ['GET', 'HEAD'];
  handle(ctx: RouterContext, next: Koa.Next): unknown;
}

/** The pages, and the routes that they have for the document. */
export interface SignInPage {
  readonly app: Koa;
  readonly routes: readonly ApiRoute<WebOperation>[];
}

export function createSignInPage(options: SignInPageOptions): SignInPage {
  const routes = pageRoutes(options);
  const router = new Router();
  for (const { path, handle } of routes) router.get(path.replace(/\{(\w+)\}/g, ':$1'), handle);
  const app = new Koa();
  app.use(router.routes());
  return { app, routes };
}

function pageRoutes(options: SignInPageOptions): PageRoute[] {
  const { pages, address, isDevelopment, asksForConsent, assets, owned, guests, signInOptions } = options;
  const read = (path: string, operationId: WebOperation, handle: PageRoute['handle']): PageRoute => ({
    methods: ['GET', 'HEAD'],
    path,
    operationId,
    handle,
  });

  function sendPage(ctx: Koa.Context, render: (page: PageOptions) => string): void {
    const texts = pages.textsFor(ctx.req);
    ctx.set(pageHeaders(pages));
    setLanguageHeaders(ctx.res, texts);
    ctx.type = 'html';
    ctx.body = render({
      pages,
      texts,
      address,
      isDevelopment,
      portalUrl: options.portalUrl,
      signInOptions: signInOptions(),
      canPickUser: guests.isOfferedBy,
      assets,
    });
  }

  function sendAsset(ctx: Koa.Context, next: Koa.Next, name: string, cacheControl: string): unknown {
    const asset = assets.files.get(name);
    if (!asset) return next();
    ctx.set('Cache-Control', cacheControl);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.type = asset.type;
    ctx.body = asset.text;
    return undefined;
  }

  return [
    read('/', 'showSignInPage', (ctx) => sendPage(ctx, renderPage)),
    ...(asksForConsent
      ? [
          read(`${consentPath}/{id}`, 'showConsentPage', (ctx, next) => {
            const { id = '' } = ctx.params;
            return isRequestId(id) ? sendPage(ctx, (page) => renderConsentPage(page, id)) : next();
          }),
        ]
      : []),
    read('/auth-web/owned', 'readOwned', async (ctx) => {
      ctx.set('Cache-Control', 'no-store');
      ctx.body = await owned(ctx.req);
    }),
    read('/auth-web/guests', 'searchGuests', async (ctx, next) => {
      if (!signInOptions().some(guests.isOfferedBy)) {
        await next();
        return;
      }
      ctx.set('Cache-Control', 'no-store');
      checkCaller(ctx, address.origin);
      ctx.body = await guests.search(readSearch(ctx));
    }),
    read('/auth-web/{hash}/{name}', 'loadAsset', (ctx, next) => {
      const { hash = '', name = '' } = ctx.params;
      if (`/auth-web/${hash.toLowerCase()}` !== assets.basePath) return next();
      return sendAsset(ctx, next, name, 'public, max-age=31536000, immutable');
    }),
    read('/favicon.ico', 'loadIcon', (ctx, next) =>
      sendAsset(ctx, next, 'icon.svg', 'public, max-age=86400'),
    ),
  ];
}

/** Only a script of this page's own origin can set the header, and a browser says where a request comes from. */
function checkCaller(ctx: Koa.Context, origin: string): void {
  if (ctx.get('x-requested-with') !== 'XMLHttpRequest') {
    const { sentence } = signInCodes.ERR_AUTH_REQUESTED_WITH_MISSING;
    throw new AuthenticationError('ERR_AUTH_REQUESTED_WITH_MISSING', sentence);
  }
  if (![origin, ''].includes(ctx.get('origin')) || !['same-origin', ''].includes(ctx.get('sec-fetch-site'))) {
    const { sentence } = signInCodes.ERR_AUTH_ORIGIN_NOT_ALLOWED;
    throw new NotAllowedError('ERR_AUTH_ORIGIN_NOT_ALLOWED', sentence);
  }
}

/** The parameter `q`: given once, short, and text. */
function readSearch(ctx: Koa.Context): string {
  const [text = '', ...more] = new URLSearchParams(ctx.querystring).getAll('q');
  if (more.length === 0 && text.length <= longestSearch && !/\p{Cc}/u.test(text)) return text.trim();
  const { sentence } = signInCodes.ERR_AUTH_PARAMETER_INVALID;
  throw new InputError('ERR_AUTH_PARAMETER_INVALID', sentence, { hint: "The parameter is 'q'." });
}
