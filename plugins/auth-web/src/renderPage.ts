/** The sign-in page as HTML: everything that does not depend on who is signed in. The script shows, hides and fills it. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import { avatar } from './avatar.ts';
import { signInOptionsSection } from './signInOptionsSection.ts';
import { renderDocument, type PageOptions } from './document.ts';
import { refusalSection } from './refusalSection.ts';

export function renderPage(options: PageOptions): string {
  return renderDocument(options, {
    tab: 'Sign in',
    script: 'page.js',
    withoutScript: 'This page needs JavaScript to sign you in.',
    sections: [
      refusalSection(),
      signInOptionsSection({
        ...options,
        lead: 'Choose how you want to identify yourself.',
        returnPath: '/',
      }),
      identitySection(),
    ],
  });
}

function identitySection(): Html {
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
