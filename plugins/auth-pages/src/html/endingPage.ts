/**
 * The page that ends something: a sign-in in a popup, a request that is refused, an address at which nothing is. It holds
 * its stylesheet, so that it looks as the others where nothing else can be loaded: with a portal that is starting, a caller
 * who asks too often, or without the sign-in page.
 *
 * In a popup it posts the answer to the window that opened it, and says in words what happened, so that nobody is left with
 * a blank page when there is no other window. A window that has lost its opener on the way says to pages of its own origin
 * that it is done, and nothing else: the sign-in page then looks for the session.
 *
 * `config_info` carries only an origin that was already matched and goes to `'*'`; the answer goes to exactly one
 * origin. The script is constant and everything that varies stands percent-encoded in attributes, so no value can break
 * out of it; the CSP names the script and the style by hash. No `Cross-Origin-Opener-Policy`: it would cut
 * `window.opener`.
 */
import { Html, markup, type Interpolation } from '@vestibule/backend-plugin-api';
import type { Texts } from '../language/texts.ts';
import { hashOf, setLanguageHeaders, type Pages } from '../pages.ts';

/** What the other window receives. @public */
export type PopupMessage =
  | { type: 'authorization_response'; response: unknown }
  | {
      type: 'authorization_response';
      error: { name: string; message: string; code?: string; reference?: string };
    };

/** What the page says and does. @public */
export interface EndingPage {
  /** What is posted, and the one origin that gets it; matched before. Absent: the page only speaks. */
  post?: { message: PopupMessage; targetOrigin: string };
  /** Where the link leads. */
  appUrl: string;
  heading: string;
  /** The first is what happened; further ones are details. */
  paragraphs: readonly Interpolation[];
  /** Lines that stay as they are, for whoever runs the portal. */
  lines?: string;
}

const script = `(function () {
  var data = document.currentScript.dataset;
  var message = JSON.parse(decodeURIComponent(data.message));
  var origin = decodeURIComponent(data.origin);
  var other = window.opener || (window.parent === window ? null : window.parent);
  if (!other) {
    new BroadcastChannel('vestibule-sign-in').postMessage('ended');
    return;
  }
  other.postMessage({ type: 'config_info', targetOrigin: origin }, '*');
  other.postMessage(message, origin);
  setTimeout(function () { window.close(); }, 100);
})();`;
const scriptHash = hashOf(script);

/** The headers of such a page. */
export function endingHeaders({ styleHash, logoSource }: Pages): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src '${scriptHash}'`,
      `style-src '${styleHash}'`,
      ...(logoSource === undefined ? [] : [`img-src ${logoSource}`]),
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
    ].join('; '),
    'X-Frame-Options': 'sameorigin',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}

/** The part of Koa's context by which the page is answered. @public */
export interface PageContext {
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
  readonly res: {
    removeHeader(name: string): void;
    getHeader(name: string): number | string | string[] | undefined;
    setHeader(name: string, value: string): unknown;
  };
}

/** Answers with the page; the end of a sign-in is always status 200, as front ends expect. @public */
export function sendEndingPage(
  ctx: PageContext,
  { pages, texts }: { pages: Pages; texts: Texts },
  page: EndingPage,
  status = 200,
): void {
  ctx.status = status;
  ctx.set(endingHeaders(pages));
  setLanguageHeaders(ctx.res as Parameters<typeof setLanguageHeaders>[0], texts);
  ctx.res.removeHeader('Cross-Origin-Opener-Policy');
  ctx.body = endingPage(pages, texts, page);
}

/** The page as HTML. */
export function endingPage(pages: Pages, texts: Texts, page: EndingPage): string {
  const { post, appUrl, heading, paragraphs, lines } = page;
  return pages.document({
    texts,
    tab: heading,
    head: markup`<style>${new Html(pages.style)}</style>`,
    main: markup`<section class="ending${lines !== undefined && ' wide'}">
<h1>${heading}</h1>
${paragraphs.map((paragraph, index) =>
  index === 0 ? markup`<p class="sentence">${paragraph}</p>\n` : markup`<p class="fine">${paragraph}</p>\n`,
)}${lines !== undefined && markup`<pre tabindex="0" lang="en" dir="ltr">${lines}</pre>\n`}<p><a class="button" href="${appUrl}">${texts.say('common.backToPortal')}</a></p>
</section>`,
    ...(post && { after: renderScript(post) }),
  });
}

function renderScript({ message, targetOrigin }: NonNullable<EndingPage['post']>): Html {
  return markup`<script data-message="${percentEncode(JSON.stringify(message))}" data-origin="${percentEncode(targetOrigin)}">${new Html(script)}</script>
`;
}

/** A lone surrogate cannot be percent-encoded, so JSON has escaped it before. encodeURIComponent leaves quotes of one kind alone; with this neither kind of attribute can be left. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}
