/**
 * The consent page as HTML: whoever was sent here by an application signs in, and then says whether it may act as them.
 * It holds nothing of the request but its id, which is sealed; the script asks for the rest.
 */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import type { Texts } from '@vestibule/plugin-auth-pages';
import { avatar } from './avatar.ts';
import { signInOptionsSection } from './signInOptionsSection.ts';
import { renderDocument, type PageOptions } from './document.ts';
import { applicationIcon, arches } from './drawings.ts';
import { refusalSection } from './refusalSection.ts';

/** Where the OAuth server sends browsers, and what it calls a request: nothing else comes here. */
export const consentPath = '/oauth2/authorize';
export const isRequestId = (text: string): boolean => /^[\w-]{1,6000}$/.test(text);

export function renderConsentPage(options: PageOptions, requestId: string): string {
  const { texts } = options;
  return renderDocument(options, {
    tab: texts.say('consent.tab'),
    script: 'consent.js',
    scriptTexts: ['signIn', 'picker', 'refusal', 'person', 'consent', 'outcome'],
    withoutScript: texts.say('consent.needsScript'),
    requestId,
    sections: [
      refusalSection(texts),
      signInOptionsSection({
        ...options,
        // Whoever decides must be somebody here.
        signInOptions: options.signInOptions.filter(({ signIn }) => signIn),
        lead: texts.say('consent.signInLead'),
        returnPath: `${consentPath}/${requestId}`,
        isHidden: true,
      }),
      consentSection(options),
      outcomeSection(texts),
    ],
  });
}

function consentSection({ texts, pages: { title } }: PageOptions): Html {
  return markup`<section id="consent" class="choices consent" aria-labelledby="consent-title" hidden>
    <div class="panel" aria-hidden="true">${arches}</div>
    <div class="offer">
      <h1 id="consent-title" tabindex="-1">${texts.say('consent.heading')}</h1>
      <div class="asker">
        ${applicationIcon}
        <div>
          <p id="asker-name" class="asker-name"></p>
          <p id="asker-own-word" class="fine">${texts.say('consent.ownWord')}</p>
          <p id="asker-origin" class="fine"></p>
        </div>
      </div>
      <dl class="facts">
        <dt>${texts.say('consent.account')}</dt>
        <dd class="account">
          ${avatar}
          <div class="who">
            <strong id="identity-name"></strong>
            <span id="identity-email" class="fine"></span>
            <code id="identity-ref"></code>
          </div>
          <button id="another-account" class="quiet" type="button">${texts.say('consent.anotherAccount')}</button>
        </dd>
        <dt>${texts.say('consent.powers')}</dt>
        <dd>
          <ul class="powers">
            <li>${texts.say('consent.actAsYou', { title })}</li>
            <li id="consent-duration"></li>
          </ul>
        </dd>
        <dt>${texts.say('consent.destination')}</dt>
        <dd>
          <p id="destination"></p>
          <p id="destination-warning" class="caution" hidden></p>
        </dd>
      </dl>
      <p id="consent-failure" class="caution" role="alert"></p>
      <div class="actions">
        <button id="allow" class="strong" type="button">${texts.say('consent.allow')}</button>
        <button id="cancel" type="button">${texts.say('consent.cancel')}</button>
      </div>
      <p class="fine">${texts.say('consent.advice')}</p>
    </div>
  </section>`;
}

/** What became of the request, or why there is none: the script knows. */
function outcomeSection(texts: Texts): Html {
  return markup`<section id="outcome" class="ending" aria-labelledby="outcome-title" hidden>
    <h1 id="outcome-title" tabindex="-1"></h1>
    <p id="outcome-sentence" class="lead"></p>
    <p id="outcome-next"></p>
    <p><a id="outcome-link" hidden></a></p>
    <button id="outcome-retry" type="button" hidden>${texts.say('common.tryAgain')}</button>
  </section>`;
}
