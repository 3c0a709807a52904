/** The part of a page that tells a refusal; empty until the script fills it. */
import { markup, type Html } from '@vestibule/backend-plugin-api';

export function refusalSection(): Html {
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
