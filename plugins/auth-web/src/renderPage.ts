/** The sign-in page as HTML, with every part that may be needed; the script shows, hides and fills it. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import { avatar } from './avatar.ts';
import { signInOptionsSection } from './signInOptionsSection.ts';
import { renderDocument, type PageOptions } from './document.ts';
import { refusalSection } from './refusalSection.ts';

export function renderPage(options: PageOptions): string {
  const { texts } = options;
  return renderDocument(options, {
    tab: texts.say('signIn.tab'),
    script: 'page.js',
    scriptTexts: ['signIn', 'picker', 'refusal', 'person'],
    withoutScript: texts.say('signIn.needsScript'),
    sections: [
      refusalSection(texts),
      signInOptionsSection({ ...options, lead: texts.say('signIn.lead'), returnPath: '/' }),
      identitySection(options),
    ],
  });
}

function identitySection(options: PageOptions): Html {
  const { texts, pages, isDevelopment } = options;
  const showsTokens = pages.showTokens ?? isDevelopment;
  return markup`<section id="identity" class="identity" aria-labelledby="identity-name" hidden>
    <header class="person">
      ${avatar}
      <div class="who">
        <h1 id="identity-name" tabindex="-1"></h1>
        <p id="identity-email"></p>
        <p><code id="identity-ref"></code></p>
        <p id="identity-how" class="fine"></p>
      </div>
      <div class="actions">
        <button id="refresh" class="quiet" type="button">${texts.say('person.refresh')}</button>
        <button id="sign-out" type="button">${texts.say('person.signOut')}</button>
      </div>
    </header>
    ${portalSection(options)}
    <div class="columns${!showsTokens && ' even'}">
      <div>
        <section id="groups" aria-labelledby="groups-title">
          <h2 id="groups-title"></h2>
          <div id="groups-content"></div>
        </section>
        <section id="owned" aria-labelledby="owned-title">
          <h2 id="owned-title">${texts.say('person.owned')}</h2>
          <div id="owned-content"></div>
        </section>
      </div>
      ${showsTokens && answerSection(options)}
    </div>
  </section>`;
}

/** The way on: who signed in here came for the portal. */
function portalSection({ texts, pages, portalUrl }: PageOptions): Html | undefined {
  if (portalUrl === undefined) return undefined;
  return markup`<div class="onward">
      <p>${texts.say('person.toPortalLead')}</p>
      <a class="button strong" href="${portalUrl}">${texts.say('person.toPortal', { title: pages.title })}</a>
    </div>`;
}

/** What a front end gets, tokens and all. */
function answerSection({ texts }: PageOptions): Html {
  return markup`<section class="answer" aria-labelledby="answer-title">
        <div class="answer-head">
          <h2 id="answer-title">${texts.say('person.answer')}</h2>
          <button id="copy" class="quiet" type="button">${texts.say('person.copy')}</button>
        </div>
        <p class="fine warning">${texts.say('person.answerNote')}</p>
        <pre id="answer" dir="ltr" tabindex="0" role="group" aria-labelledby="answer-title"></pre>
      </section>`;
}
