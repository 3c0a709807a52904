/**
 * The page that ends a sign-in in a popup: posts the answer to the window that opened it, and says in words what
 * happened, so that nobody is left with a blank page when there is no other window.
 *
 * A window that has lost its opener on the way says to pages of its own origin that it is done, and nothing else: the
 * sign-in page then looks for the session.
 *
 * `config_info` carries only an origin that was already matched and goes to `'*'`; the answer goes to exactly one
 * origin. The script is constant and everything that varies stands percent-encoded in attributes, so no value can break
 * out of it; the CSP names the script and the style by hash. No `Cross-Origin-Opener-Policy`: it would cut
 * `window.opener`.
 */
import { createHash } from 'node:crypto';
import { Html, markup } from '@vestibule/backend-plugin-api';

/** What the other window receives. @public */
export type PopupMessage =
  | { type: 'authorization_response'; response: unknown }
  | {
      type: 'authorization_response';
      error: { name: string; message: string; code?: string; reference?: string };
    };

/** What the page says and does. @public */
export interface PopupPage {
  /** What is posted, and the one origin that gets it; matched before. Absent: the page only speaks. */
  post?: { message: PopupMessage; targetOrigin: string };
  /** Where the link leads. */
  appUrl: string;
  heading: string;
  paragraphs: readonly string[];
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

const style = `:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; margin: 0; display: grid; min-height: 100vh; place-items: center; }
main { max-width: 32rem; padding: 2rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 0.75rem; }
p { margin: 0 0 0.75rem; overflow-wrap: anywhere; }
.detail { opacity: 0.75; font-size: 0.9rem; }
pre { margin: 0 0 0.75rem; overflow-x: auto; font: 0.8rem/1.5 ui-monospace, monospace; }
a { color: LinkText; }
main:has(pre) { max-width: min(64rem, calc(100vw - 4rem)); }`;

const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src '${hashOf(script)}'`,
  `style-src '${hashOf(style)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** The part of Koa's context by which the page is answered. @public */
export interface PageContext {
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
  readonly res: { removeHeader(name: string): void };
}

/** Answers with the page; the end of a sign-in is always status 200, as front ends expect. @public */
export function sendPopupPage(ctx: PageContext, page: PopupPage, status = 200): void {
  ctx.status = status;
  ctx.set({
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Frame-Options': 'sameorigin',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  });
  ctx.res.removeHeader('Cross-Origin-Opener-Policy');
  ctx.body = render(page);
}

function render({ post, appUrl, heading, paragraphs, lines }: PopupPage): string {
  const text = paragraphs.map((paragraph, index) =>
    index === 0 ? markup`<p>${paragraph}</p>` : markup`\n<p class="detail">${paragraph}</p>`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${heading}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${text}
${lines !== undefined && markup`<pre>${lines}</pre>\n`}<p><a href="${appUrl}">Back to the portal</a></p>
</main>
${post && renderScript(post)}</body>
</html>
`.toString();
}

function renderScript({ message, targetOrigin }: NonNullable<PopupPage['post']>): Html {
  return markup`<script data-message="${percentEncode(JSON.stringify(message))}" data-origin="${percentEncode(targetOrigin)}">${new Html(script)}</script>
`;
}

/** A lone surrogate cannot be percent-encoded, so JSON has escaped it before. encodeURIComponent leaves quotes of one kind alone; with this neither kind of attribute can be left. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
