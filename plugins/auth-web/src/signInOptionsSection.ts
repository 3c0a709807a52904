/** The part of the page that offers ways to sign in: a button for each, told apart by what the config calls them. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import type { SignInOption } from '@vestibule/plugin-auth-node';
import type { Texts } from '@vestibule/plugin-auth-pages';
import type { PageOptions } from './document.ts';
import { arches } from './drawings.ts';
import { iconOf } from './signInIcons.ts';

/** From here on they stand in two columns where there is room. */
const many = 5;

/** What the section is made from. */
export interface Offer extends Pick<
  PageOptions,
  'pages' | 'texts' | 'address' | 'signInOptions' | 'canPickUser'
> {
  /** Beneath the heading. */
  lead: string;
  /** Where a sign-in without a popup comes back to. */
  returnPath: string;
  /** Whether the script decides if it is shown at all. Default false. */
  isHidden?: boolean;
}

export function signInOptionsSection(offer: Offer): Html {
  const { pages, texts, signInOptions, lead, isHidden = false } = offer;
  return markup`<section
    id="choices"
    class="${signInOptions.length >= many ? 'choices many' : 'choices'}"
    aria-labelledby="choices-title"
    ${isHidden && markup`hidden`}
  >
    <div class="panel" aria-hidden="true">${arches}</div>
    <div class="offer">
      <h1 id="choices-title" tabindex="-1">${texts.say('signIn.heading', { title: pages.title })}</h1>
      ${
        signInOptions.length === 0
          ? markup`<p class="lead">${texts.say('signIn.noProvider')}</p>`
          : markup`<p class="lead">${lead}</p>
              <ul class="ways">
                ${signInOptions.map((option) => markup`<li>${way(option, offer)}</li>`)}
              </ul>`
      }
    </div>
  </section>`;
}

function way(option: SignInOption, offer: Offer): Html {
  const label = labelOf(option, offer);
  return option.problem === undefined ? enabled(option, label, offer) : disabled(option, label, offer);
}

function enabled(option: SignInOption, label: string, offer: Offer): Html {
  const { providerId, environment, kind, signIn } = option;
  const { texts } = offer;
  const named = { provider: label };
  return markup`<button
      class="choice"
      type="button"
      data-provider="${providerId}"
      data-environment="${environment}"
      data-kind="${kind}"
      data-title="${label}"
    >${iconOf(option)}<span>${texts.say(kind === 'proxy' ? 'signIn.asProvider' : 'signIn.withProvider', named)}</span></button>
    ${!signIn && markup`<p class="fine">${texts.say('signIn.accessOnly', named)}</p>`}
    ${
      kind === 'oauth' &&
      markup`<a class="redirect" href="${redirectUrl(option, offer)}"
        >${texts.say('signIn.withoutPopup')}<span class="unseen"> ${texts.say('signIn.withoutPopupThrough', named)}</span></a>`
    }
    ${offer.canPickUser(option) && picker(label, texts)}`;
}

function disabled(option: SignInOption, label: string, { texts }: Offer): Html {
  return markup`<div class="disabled">
    ${iconOf(option)}
    <div>
      <p>${texts.sayHtml('signIn.switchedOff', { provider: markup`<strong>${label}</strong>` })}</p>
      <p class="fine" lang="en" dir="auto">${option.problem}</p>
    </div>
  </div>`;
}

/** Filled by the script when it is opened. */
function picker(label: string, texts: Texts): Html {
  return markup`<details class="picker">
    <summary>${texts.say('picker.summary')}<span class="unseen"> ${texts.say('picker.through', { provider: label })}</span></summary>
    <p class="fine">${texts.say('picker.note')}</p>
    <label class="filter"
      ><span>${texts.say('picker.filter')}</span><input type="search" maxlength="100" autocomplete="off" spellcheck="false"
    /></label>
    <p class="fine found" role="status"></p>
    <ul class="people" aria-label="${texts.say('picker.list')}"></ul>
  </details>`;
}

/** Its title; where others have the same, with what tells them apart: the provider's id, its environment, or both. */
function labelOf(option: SignInOption, { signInOptions, texts }: Offer): string {
  const { providerId, environment, type } = option;
  // Where the config does not say what guests are called, the language does.
  const title = type === 'guest' && option.title === 'Guest' ? texts.say('signIn.guest') : option.title;
  const namesakes = signInOptions.filter((other) => other !== option && other.title === option.title);
  const marks = [
    namesakes.some((other) => other.providerId !== providerId) && providerId,
    namesakes.some((other) => other.providerId === providerId) && environment,
  ].filter(Boolean);
  return marks.length > 0 ? `${title} (${marks.join(', ')})` : title;
}

function redirectUrl({ providerId, environment }: SignInOption, { address, returnPath }: Offer): string {
  const { origin, basePath, authPath } = address;
  const query = new URLSearchParams({
    origin,
    redirectUrl: `${origin}${basePath}${returnPath}`,
    flow: 'redirect',
    env: environment,
  });
  return `${authPath}/${encodeURIComponent(providerId)}/start?${query}`;
}
