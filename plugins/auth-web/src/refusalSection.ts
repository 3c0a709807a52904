/** The part of a page that tells a refusal; empty until the script fills it. What operators read is in English. */
import { markup, type Html } from '@vestibule/backend-plugin-api';
import type { Texts } from '@vestibule/plugin-auth-pages';

export function refusalSection(texts: Texts): Html {
  return markup`<section id="refusal" class="refusal" aria-labelledby="refusal-title" hidden>
    <div>
      <h2 id="refusal-title" tabindex="-1">${texts.say('refusal.title')}</h2>
      <p id="refusal-sentence" class="sentence"></p>
      <p id="refusal-codes" class="fine"></p>
    </div>
    <div id="refusal-operator" class="operator" hidden>
      <h3>${texts.say('refusal.whatToDo')}</h3>
      <p id="refusal-operator-text" lang="en" dir="ltr"></p>
      <p class="fine">${texts.say('refusal.developmentOnly')}</p>
    </div>
    <details id="refusal-decision" class="decision" open hidden>
      <summary>${texts.say('refusal.why')} <span class="fine">${texts.say('refusal.whyOnly')}</span></summary>
      <div
        id="refusal-decision-text"
        lang="en"
        dir="ltr"
        role="region"
        aria-label="${texts.say('refusal.decision')}"
      ></div>
    </details>
  </section>`;
}
