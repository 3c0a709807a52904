/** The page as HTML: everything that does not depend on who is signed in. The script shows, hides and fills its parts. */
import { decisionCodes, type SignInChoice } from '@vestibule/plugin-auth-node';
import type { Assets } from './assets.ts';
import { choicesSection } from './choicesSection.ts';
import { mark } from './drawings.ts';
import { jsonInHtml, markup, type Html } from './markup.ts';

export interface RenderPageOptions {
  title: string;
  origin: string;
  isDevelopment: boolean;
  choices: readonly SignInChoice[];
  /** Whether a choice lets the person pick a user of the catalog. */
  canPickUser(choice: SignInChoice): boolean;
  /** The script and the stylesheet. */
  assets: Assets;
}

/** What the script reads from the page. */
export interface PageData {
  title: string;
  /** The origin at which sign-in works. */
  origin: string;
  /** Whether refusals can be explained by their references. */
  isDevelopment: boolean;
  /** What to say for each code. `operator` is there in development only. */
  refusals: Record<string, { sentence: string; operator?: string }>;
}

export function renderPage(options: RenderPageOptions): string {
  const { title, origin, isDevelopment, assets } = options;
  const { basePath, files } = assets;
  const modules = [...files.keys()].filter((name) => name.endsWith('.js'));
  const pageData: PageData = { title, origin, isDevelopment, refusals: refusals(isDevelopment) };
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Sign in – ${title}</title>
        <link rel="icon" href="${basePath}/icon.svg" />
        <link rel="stylesheet" href="${basePath}/style.css" />
        ${modules.map((name) => markup`<link rel="modulepreload" href="${basePath}/${name}" />`)}
        <script type="module" src="${basePath}/page.js" blocking="render"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="bar">
          ${mark}
          <span>${title}</span>
          <p id="status" class="status" role="status"></p>
        </header>
        <main id="main" tabindex="-1">
          <noscript><p class="notice">This page needs JavaScript to sign you in.</p></noscript>
          ${refusalSection()} ${choicesSection(options)} ${identitySection()}
        </main>
        <script type="application/json" id="page-data">${jsonInHtml(pageData)}</script>
      </body>
    </html>
`.toString();
}

function refusals(isDevelopment: boolean): PageData['refusals'] {
  return Object.fromEntries(
    Object.entries(decisionCodes).map(([code, { sentence, operator }]) => [
      code,
      { sentence, ...(isDevelopment && { operator }) },
    ]),
  );
}

function refusalSection(): Html {
  return markup`<section id="refusal" class="refusal" aria-labelledby="refusal-title" hidden>
    <div>
      <h2 id="refusal-title" tabindex="-1">You are not signed in</h2>
      <p id="refusal-sentence" class="sentence"></p>
      <p id="refusal-codes" class="fine"></p>
    </div>
    <div id="refusal-operator" class="operator" hidden>
      <h3>What an operator would do</h3>
      <p id="refusal-operator-text"></p>
      <p class="fine">Shown in development only.</p>
    </div>
    <details id="refusal-decision" class="decision" open hidden>
      <summary>Why <span class="fine">(development only)</span></summary>
      <div id="refusal-decision-text" role="region" aria-label="The decision, step by step"></div>
    </details>
  </section>`;
}

function identitySection(): Html {
  return markup`<section id="identity" class="identity" aria-labelledby="identity-name" hidden>
    <header class="person">
      <div class="avatar">
        <img id="identity-picture" alt="" hidden referrerpolicy="no-referrer" />
        <span id="identity-initials" aria-hidden="true"></span>
      </div>
      <div class="who">
        <h1 id="identity-name" tabindex="-1"></h1>
        <p id="identity-email"></p>
        <p><code id="identity-ref"></code></p>
        <p id="identity-how" class="fine"></p>
      </div>
      <div class="actions">
        <button id="refresh" class="quiet" type="button">Refresh</button>
        <button id="sign-out" type="button">Sign out</button>
      </div>
    </header>
    <div class="columns">
      <div>
        <section id="groups" aria-labelledby="groups-title">
          <h2 id="groups-title">Your groups</h2>
          <div id="groups-content"></div>
        </section>
        <section id="owned" aria-labelledby="owned-title">
          <h2 id="owned-title">What you own</h2>
          <div id="owned-content"></div>
        </section>
      </div>
      <section class="answer" aria-labelledby="answer-title">
        <div class="answer-head">
          <h2 id="answer-title">Your AuthResponse</h2>
          <button id="copy" class="quiet" type="button">Copy</button>
        </div>
        <p class="fine warning">
          This is what a front end receives. It contains tokens: whoever has them can act as you until they
          expire, so share it with nobody.
        </p>
        <pre id="answer" tabindex="0" role="region" aria-labelledby="answer-title"></pre>
      </section>
    </div>
  </section>`;
}
