/** What every page with a script consists of: the frame that all pages share, its stylesheet, and what its script has to know. */
import { jsonInHtml, markup, type Html } from '@vestibule/backend-plugin-api';
import { signInCodes, type SignInOption } from '@vestibule/plugin-auth-node';
import type { Catalogue, Pages, Texts } from '@vestibule/plugin-auth-pages';
import { modulesOf, type Assets } from './assets.ts';
import type { PageAddress } from './pageAddress.ts';

/** What the pages are made from. */
export interface PageOptions {
  pages: Pages;
  /** In the language of whoever asks. */
  texts: Texts;
  address: PageAddress;
  isDevelopment: boolean;
  /** Where the portal is; `undefined` where it is this very page. */
  portalUrl: string | undefined;
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
  /** The sections of texts that its script needs. */
  scriptTexts: readonly (keyof Catalogue)[];
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
  /** What to say for each code. `operator` is there in development only, and in English. */
  refusals: Record<string, { sentence: string; operator?: string }>;
  /** Section -> key -> text. */
  texts: Readonly<Record<string, Record<string, unknown>>>;
}

export function renderDocument(options: PageOptions, parts: PageParts): string {
  const { pages, texts, address, isDevelopment, assets } = options;
  const { tab, script, scriptTexts, withoutScript, requestId, sections } = parts;
  const basePath = `${address.basePath}${assets.basePath}`;
  const pageData: PageData = {
    title: pages.title,
    address,
    isDevelopment,
    ...(requestId !== undefined && { requestId }),
    refusals: refusals(texts, isDevelopment),
    texts: texts.sections(...scriptTexts),
  };
  return pages.document({
    texts,
    tab,
    head: markup`<link rel="icon" href="${basePath}/icon.svg" />
        <link rel="stylesheet" href="${basePath}/style.css" />
        ${modulesOf(assets, script).map((name) => markup`<link rel="modulepreload" href="${basePath}/${name}" />`)}
        <script type="module" src="${basePath}/${script}" blocking="render"></script>`,
    before: markup`<a class="skip" href="#main">${texts.say('common.skip')}</a>`,
    status: markup`<p id="status" class="status" role="status"></p>`,
    main: markup`<noscript><p class="notice">${withoutScript}</p></noscript>
          ${sections}`,
    after: markup`<script type="application/json" id="page-data">${jsonInHtml(pageData)}</script>`,
  });
}

function refusals(texts: Texts, isDevelopment: boolean): PageData['refusals'] {
  return Object.fromEntries(
    Object.entries(signInCodes).map(([code, { sentence, operator }]) => [
      code,
      { sentence: texts.refusal(code) ?? sentence, ...(isDevelopment && { operator }) },
    ]),
  );
}
