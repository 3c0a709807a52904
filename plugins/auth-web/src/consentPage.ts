/**
 * The consent page as HTML: whoever was sent here by an application signs in, and then says whether it may act as them.
 * It holds nothing of the request but its id, which is sealed; the script asks for the rest.
 */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import { avatar } from './avatar.ts';
import { signInOptionsSection } from './signInOptionsSection.ts';
import { renderDocument, type PageOptions } from './document.ts';
import { applicationIcon, arches } from './drawings.ts';
import { refusalSection } from './refusalSection.ts';

/** Where the OAuth server sends browsers, and what it calls a request: nothing else comes here. */
export const consentPath = '/oauth2/authorize';
export const isRequestId = (text: string): boolean => /^[\w-]{1,6000}$/.test(text);

export function renderConsentPage(options: PageOptions, requestId: string): string {
  return renderDocument(options, {
    tab: 'Allow access',
    script: 'consent.js',
    withoutScript:
      'This page needs JavaScript to show you which application asks for access. Nothing is allowed yet.',
    requestId,
    sections: [
      refusalSection(),
      signInOptionsSection({
        ...options,
        // Whoever decides must be somebody here.
        signInOptions: options.signInOptions.filter(({ signIn }) => signIn),
        lead: 'An application asks to act as you. Sign in first; after that, you decide.',
        returnPath: `${consentPath}/${requestId}`,
        isHidden: true,
      }),
      consentSection(options.title),
      outcomeSection(),
    ],
  });
}

function consentSection(title: string): Html {
  return markup`<section id="consent" class="choices consent" aria-labelledby="consent-title" hidden>
    <div class="panel" aria-hidden="true">${arches}</div>
    <div class="offer">
      <h1 id="consent-title" tabindex="-1">Let this application act as you?</h1>
      <div class="asker">
        ${applicationIcon}
        <div>
          <p id="asker-name" class="asker-name"></p>
          <p id="asker-own-word" class="fine">That is what it calls itself; nobody has checked it.</p>
          <p id="asker-origin" class="fine"></p>
        </div>
      </div>
      <dl class="facts">
        <dt>You are signed in as</dt>
        <dd class="account">
          ${avatar}
          <div class="who">
            <strong id="identity-name"></strong>
            <span id="identity-email" class="fine"></span>
            <code id="identity-ref"></code>
          </div>
          <button id="another-account" class="quiet" type="button">Use another account</button>
        </dd>
        <dt>If you allow it, it can</dt>
        <dd>
          <ul class="powers">
            <li>act as you in ${title}: see and change all that you may</li>
            <li id="consent-duration"></li>
          </ul>
        </dd>
        <dt>Then you are sent to</dt>
        <dd>
          <p id="destination"></p>
          <p id="destination-warning" class="caution" hidden></p>
        </dd>
      </dl>
      <p id="consent-failure" class="caution" role="alert"></p>
      <div class="actions">
        <button id="allow" class="strong" type="button">Allow</button>
        <button id="cancel" type="button">Cancel</button>
      </div>
      <p class="fine">Allow only what you began yourself, just now, in that application. Otherwise cancel.</p>
    </div>
  </section>`;
}

/** What became of the request, or why there is none: the script knows. */
function outcomeSection(): Html {
  return markup`<section id="outcome" class="outcome" aria-labelledby="outcome-title" hidden>
    <h1 id="outcome-title" tabindex="-1"></h1>
    <p id="outcome-sentence" class="lead"></p>
    <p id="outcome-next"></p>
    <p><a id="outcome-link" hidden></a></p>
    <button id="outcome-retry" type="button" hidden>Try again</button>
  </section>`;
}
