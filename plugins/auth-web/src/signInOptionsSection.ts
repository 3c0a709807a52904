/** The part of the page that offers ways to sign in: a button for each, told apart by what the config calls them. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import type { SignInOption } from '@vestibule/plugin-auth-node';
import type { PageOptions } from './document.ts';
import { arches } from './drawings.ts';
import { iconOf } from './signInIcons.ts';

/** From here on they stand in two columns where there is room. */
const many = 5;

/** What the section is made from. */
export interface Offer extends Pick<PageOptions, 'title' | 'address' | 'signInOptions' | 'canPickUser'> {
  /** Beneath the heading. */
  lead: string;
  /** Where a sign-in without a popup comes back to. */
  returnPath: string;
  /** Whether the script decides if it is shown at all. Default false. */
  isHidden?: boolean;
}

export function signInOptionsSection(offer: Offer): Html {
  const { title, signInOptions, lead, isHidden = false } = offer;
  return markup`<section
    id="choices"
    class="${signInOptions.length >= many ? 'choices many' : 'choices'}"
    aria-labelledby="choices-title"
    ${isHidden && markup`hidden`}
  >
    <div class="panel" aria-hidden="true">${arches}</div>
    <div class="offer">
      <h1 id="choices-title" tabindex="-1">Sign in to ${title}</h1>
      ${
        signInOptions.length === 0
          ? markup`<p class="lead">
              No sign-in provider is ready. If the backend is still starting, reload this page in a moment.
            </p>`
          : markup`<p class="lead">${lead}</p>
              <ul class="ways">
                ${signInOptions.map((option) => markup`<li>${way(option, offer)}</li>`)}
              </ul>`
      }
    </div>
  </section>`;
}

function way(option: SignInOption, offer: Offer): Html {
  const label = labelOf(option, offer.signInOptions);
  return option.problem === undefined ? enabled(option, label, offer) : disabled(option, label);
}

function enabled(option: SignInOption, label: string, offer: Offer): Html {
  const { providerId, environment, kind, signIn } = option;
  return markup`<button
      class="choice"
      type="button"
      data-provider="${providerId}"
      data-environment="${environment}"
      data-kind="${kind}"
      data-title="${label}"
    >${iconOf(option)}<span>${kind === 'proxy' ? 'Continue as' : 'Sign in with'} ${label}</span></button>
    ${!signIn && markup`<p class="fine">Gives access to ${label} only; it does not say who you are here.</p>`}
    ${
      kind === 'oauth' &&
      markup`<a class="redirect" href="${redirectUrl(option, offer)}"
        >Sign in without a popup<span class="unseen"> with ${label}</span></a>`
    }
    ${offer.canPickUser(option) && picker(label)}`;
}

function disabled(option: SignInOption, label: string): Html {
  return markup`<div class="disabled">
    ${iconOf(option)}
    <div>
      <p><strong>${label}</strong> is switched off.</p>
      <p class="fine">${option.problem}</p>
    </div>
  </div>`;
}

/** Filled by the script when it is opened. */
function picker(label: string): Html {
  return markup`<details class="picker">
    <summary>Continue as somebody else<span class="unseen"> through ${label}</span></summary>
    <p class="fine">In development only: you get what they would get.</p>
    <label class="filter"
      ><span>Name, e-mail or reference</span><input type="search" maxlength="100" autocomplete="off" spellcheck="false"
    /></label>
    <p class="fine found" role="status"></p>
    <ul class="people" aria-label="Users of the catalog"></ul>
  </details>`;
}

/** Its title; where others have the same, with what tells them apart: the provider's id, its environment, or both. */
function labelOf(option: SignInOption, signInOptions: readonly SignInOption[]): string {
  const { title, providerId, environment } = option;
  const namesakes = signInOptions.filter((other) => other !== option && other.title === title);
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
