/** What every page here consists of: the head, the bar with the portal's name, and what its script needs to know. */
import { jsonInHtml, markup, type Html } from '@vestibule/backend-plugin-api';
import { signInCodes, type SignInOption } from '@vestibule/plugin-auth-node';
import { modulesOf, type Assets } from './assets.ts';
import { mark } from './drawings.ts';
import type { PageAddress } from './pageAddress.ts';

/** What the pages are made from. */
export interface PageOptions {
  title: string;
  address: PageAddress;
  isDevelopment: boolean;
  signInOptions: readonly SignInOption[];
  /** Whether a choice lets the person pick a user of the catalog. */
  canPickUser(option: SignInOption): boolean;
  /** The scripts and the stylesheet. */
  assets: Assets;
}

/** What is one page's own. */
export interface PageParts {
  /** Stands in the tab, before the portal's name. */
  tab: string;
  /** The file name of its script, for example `page.js`. */
  script: string;
  /** Shown where there is no JavaScript. */
  withoutScript: string;
  /** Which authorization request it is about. */
  requestId?: string;
  sections: readonly Html[];
}

/** What a script reads from its page. */
export interface PageData {
  title: string;
  /** Where sign-in works. */
  address: PageAddress;
  /** Whether refusals can be explained by their references. */
  isDevelopment: boolean;
  requestId?: string;
  /** What to say for each code. `operator` is there in development only. */
  refusals: Record<string, { sentence: string; operator?: string }>;
}

export function renderDocument(options: PageOptions, parts: PageParts): string {
  const { title, address, isDevelopment, assets } = options;
  const { tab, script, withoutScript, requestId, sections } = parts;
  const basePath = `${address.basePath}${assets.basePath}`;
  const pageData: PageData = {
    title,
    address,
    isDevelopment,
    ...(requestId !== undefined && { requestId }),
    refusals: refusals(isDevelopment),
  };
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${tab} – ${title}</title>
        <link rel="icon" href="${basePath}/icon.svg" />
        <link rel="stylesheet" href="${basePath}/style.css" />
        ${modulesOf(assets, script).map((name) => markup`<link rel="modulepreload" href="${basePath}/${name}" />`)}
        <script type="module" src="${basePath}/${script}" blocking="render"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          ${mark}
          <span>${title}</span>
          <p id="status" class="status" role="status"></p>
        </header>
        <main id="main" tabindex="-1">
          <noscript><p class="notice">${withoutScript}</p></noscript>
          ${sections}
        </main>
        <script type="application/json" id="page-data">${jsonInHtml(pageData)}</script>
      </body>
    </html>
`.toString();
}

function refusals(isDevelopment: boolean): PageData['refusals'] {
  return Object.fromEntries(
    Object.entries(signInCodes).map(([code, { sentence, operator }]) => [
      code,
      { sentence, ...(isDevelopment && { operator }) },
    ]),
  );
}
