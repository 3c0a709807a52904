/** The pages of one portal: its look and its languages, read from the config once. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import type { Html } from '@vestibule/backend-plugin-api';
import { markup, type Interpolation } from '@vestibule/backend-plugin-api';
import type { SignInPageSettings } from './config.ts';
import { frameStyle } from './frameStyle.ts';
import { mark } from './html/mark.ts';
import { chooseLanguage } from './language/acceptLanguage.ts';
import { builtIn } from './language/builtIn.ts';
import type { PartialCatalogue } from './language/catalogue.ts';
import { textsOf, type Texts } from './language/texts.ts';
import { readLogo } from './look/logo.ts';
import { themeStyle } from './look/theme.ts';

/** What is one page's own. @public */
export interface PageParts {
  texts: Texts;
  /** Stands in the tab, before the portal's name. */
  tab: string;
  /** Of the head: stylesheets and scripts. */
  head: Interpolation;
  /** Beside the portal's name. */
  status?: Interpolation;
  /** Before the bar, for example a way past it. */
  before?: Interpolation;
  main: Interpolation;
  /** After everything. */
  after?: Interpolation;
}

/** What every page of sign-in is made by. @public */
export class Pages {
  /** The portal's name. */
  readonly title: string;
  /** What all pages look like, with the colours of the config. */
  readonly style: string;
  /** `style-src` of a page that has the stylesheet in it. */
  readonly styleHash: string;
  /** What a content security policy has to allow for the logo, if anything. */
  readonly logoSource: "'self'" | 'data:' | undefined;
  /** What the config says of tokens on the page. */
  readonly showTokens: boolean | undefined;
  private readonly languages: readonly [string, ...string[]];
  private readonly texts: ReadonlyMap<string, Texts>;
  private readonly emblem: Html;

  constructor({
    title,
    settings = {},
  }: {
    title?: string | undefined;
    settings?: SignInPageSettings | undefined;
  }) {
    const { logo, colors = {}, languages, messages = {}, showTokens } = settings;
    this.title = settings.title ?? (title === undefined || title.trim() === '' ? 'Vestibule' : title);
    this.style = [frameStyle(), themeStyle(colors)].filter(Boolean).join('\n');
    this.styleHash = hashOf(this.style);
    this.showTokens = showTokens;
    const picture = logo === undefined ? undefined : readLogo(logo);
    this.logoSource = picture?.source;
    this.emblem = picture ? markup`<img class="logo" src="${picture.src}" alt="" />` : mark;
    const all = new Set([...builtIn.keys(), ...Object.keys(messages)]);
    const [first = 'en', ...others] = languages ?? all;
    this.languages = [first, ...others];
    const catalogues = new Map(
      [...all].map((tag) => [
        tag,
        [messages[tag], builtIn.get(tag)].filter((one): one is PartialCatalogue => one !== undefined),
      ]),
    );
    this.texts = textsOf(this.languages, catalogues);
  }

  /** The texts in the language of whoever asks. */
  textsFor({ headers }: Pick<IncomingMessage, 'headers'>): Texts {
    const language = chooseLanguage(headers['accept-language'], this.languages);
    return this.texts.get(language)!;
  }

  /** A whole page. */
  document({ texts, tab, head, status, before, main, after }: PageParts): string {
    const { language, direction } = texts;
    return markup`<!doctype html>
<html lang="${language}"${direction === 'rtl' && markup` dir="rtl"`}>
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${tab} – ${this.title}</title>
${head}
</head>
<body>
${before}<header class="bar">
${this.emblem}
<span>${this.title}</span>
${status}</header>
<main id="main" tabindex="-1">
${main}
</main>
${after}</body>
</html>
`.toString();
  }
}

/** The headers that say on what the language of a page depends. @public */
export function setLanguageHeaders(
  response: Pick<ServerResponse, 'getHeader' | 'setHeader'>,
  texts: Texts,
): void {
  response.setHeader('Content-Language', texts.language);
  const before = String(response.getHeader('Vary') ?? '');
  if (/(?:^|,)\s*(?:\*|accept-language)\s*(?:,|$)/i.test(before)) return;
  response.setHeader('Vary', before === '' ? 'Accept-Language' : `${before}, Accept-Language`);
}

/** As a content security policy names an inline script or stylesheet. */
export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
