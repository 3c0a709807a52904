/** How the page looks: system fonts, one accent, light and dark, from 320 px upwards. */

const css = String.raw;

export const stylesheet = css`
  :root {
    color-scheme: light dark;
    --page: #f6f5f1;
    --card: #ffffff;
    --ink: #1c2326;
    --soft: #556066;
    --line: #dad8d0;
    --accent: #1b6670;
    --accent-hover: #14525a;
    --on-accent: #ffffff;
    --tint: #e3eeee;
    --warn-page: #fbf0e8;
    --warn-line: #e2b795;
    --warn-ink: #7b3410;
    --arch-0: #d7e6e5;
    --arch-1: #b3d0d0;
    --arch-2: #84b1b3;
    --arch-3: #4d8a90;
    --arch-4: #f7ecd5;
    --panel: #ebeeea;
  }

  @media (prefers-color-scheme: dark) {
    :root {
      --page: #131719;
      --card: #1b2123;
      --ink: #eceeec;
      --soft: #a5b0b3;
      --line: #343d40;
      --accent: #7cc7cf;
      --accent-hover: #9bd9df;
      --on-accent: #0b2023;
      --tint: #22373a;
      --warn-page: #2d1f17;
      --warn-line: #7b4e33;
      --warn-ink: #f4bd98;
      --arch-0: #1c2b2e;
      --arch-1: #22393d;
      --arch-2: #2a4b51;
      --arch-3: #356670;
      --arch-4: #f0dfba;
      --panel: #171d1f;
    }
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  body {
    margin: 0;
    min-height: 100vh;
    display: flex;
    flex-direction: column;
    background: var(--page);
    color: var(--ink);
    font:
      1rem/1.55 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      sans-serif;
    -webkit-text-size-adjust: 100%;
  }

  h1,
  h2,
  h3,
  p,
  ul,
  pre {
    margin: 0;
  }

  ul {
    padding: 0;
    list-style: none;
  }

  h1 {
    font-size: clamp(1.6rem, 1.2rem + 1.8vw, 2.25rem);
    font-weight: 650;
    line-height: 1.15;
    letter-spacing: -0.015em;
    text-wrap: balance;
  }

  h2 {
    font-size: 1.125rem;
    font-weight: 650;
    line-height: 1.3;
  }

  h3 {
    font-size: 0.9375rem;
    font-weight: 650;
  }

  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }

  code,
  pre,
  .decision > div {
    font:
      0.875em/1.6 ui-monospace,
      'SF Mono',
      'Cascadia Mono',
      Menlo,
      Consolas,
      monospace;
  }

  button,
  input {
    font: inherit;
    color: inherit;
  }

  button {
    min-height: 2.75rem;
    padding: 0.5rem 1.125rem;
    border: 1px solid var(--accent);
    border-radius: 0.625rem;
    background: var(--card);
    color: var(--accent);
    font-weight: 600;
    cursor: pointer;
    transition: background-color 0.15s;
  }

  button:hover {
    background: var(--tint);
  }

  button.quiet {
    border-color: transparent;
    background: none;
  }

  button.quiet:hover {
    background: var(--tint);
  }

  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 3px;
    border-radius: 0.375rem;
  }

  button:focus-visible {
    border-radius: 0.625rem;
  }

  /* Headings and the page itself are given the focus by the script, for those who listen. */
  [tabindex='-1']:focus {
    outline: none;
  }

  .fine {
    color: var(--soft);
    font-size: 0.875rem;
  }

  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .skip {
    position: absolute;
    left: 1rem;
    top: -4rem;
    padding: 0.5rem 1rem;
    background: var(--card);
    z-index: 1;
  }

  .skip:focus {
    top: 0.75rem;
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.625rem;
    width: 100%;
    max-width: 72rem;
    min-height: 4.25rem;
    margin: 0 auto;
    padding: 0.75rem clamp(1rem, 4vw, 2.5rem);
    font-weight: 650;
    overflow-wrap: anywhere;
  }

  .mark {
    flex: none;
    width: 1.625rem;
    height: 1.625rem;
    fill: none;
    stroke: var(--accent);
    stroke-width: 3;
  }

  main {
    flex: 1;
    width: 100%;
    max-width: 72rem;
    margin: 0 auto;
    padding: 0.5rem clamp(1rem, 4vw, 2.5rem) 3rem;
    display: flex;
    flex-direction: column;
    gap: 1.25rem;
  }

  .status {
    margin-left: auto;
    padding: 0.375rem 0.875rem;
    border-radius: 0.625rem;
    background: var(--tint);
    font-size: 0.9375rem;
    font-weight: 400;
  }

  .status:empty {
    display: none;
  }

  .notice {
    padding: 0.75rem 1rem;
    border-radius: 0.625rem;
    background: var(--tint);
  }

  .refusal {
    padding: clamp(1rem, 3vw, 1.75rem);
    border: 1px solid var(--warn-line);
    border-radius: 1.25rem;
    background: var(--warn-page);
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
    gap: 1.25rem 2.5rem;
  }

  .refusal > div {
    display: grid;
    gap: 0.5rem;
    align-content: start;
    overflow-wrap: anywhere;
  }

  .refusal h2 {
    color: var(--warn-ink);
    font-size: 1.25rem;
  }

  .refusal .sentence {
    font-size: 1.0625rem;
  }

  .refusal .operator {
    padding-left: 1.25rem;
    border-left: 3px solid var(--warn-line);
    gap: 0.25rem;
  }

  .decision {
    grid-column: 1 / -1;
    min-width: 0;
  }

  .decision summary {
    color: var(--warn-ink);
  }

  .decision > div {
    padding: 0.875rem 1rem;
    border-radius: 0.75rem;
    background: var(--card);
    /* Two blanks stand between a step and its verdict. */
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }

  .decision li {
    position: relative;
    padding: 0.125rem 0 0.125rem 1.375rem;
  }

  /* The branch to the step, and the trunk on to the next one. */
  .decision li::before,
  .decision li:not(:last-child)::after {
    content: '';
    position: absolute;
    left: 0.25rem;
    top: 0;
    border-left: 1px solid var(--soft);
  }

  .decision li::before {
    width: 0.75rem;
    height: 0.8125rem;
    border-bottom: 1px solid var(--soft);
  }

  .decision li:not(:last-child)::after {
    bottom: 0;
  }

  .choices {
    flex: none;
    /* As high as the window, without the bar and the margins, up to a point. */
    min-height: min(36rem, 100vh - 8rem);
    margin-block: auto;
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--card);
    overflow: hidden;
  }

  .refusal:not([hidden]) ~ .choices {
    min-height: 0;
  }

  .panel {
    position: relative;
    min-height: 22rem;
    background: var(--panel);
  }

  .panel svg {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .arch-0 {
    fill: var(--arch-0);
  }
  .arch-1 {
    fill: var(--arch-1);
  }
  .arch-2 {
    fill: var(--arch-2);
  }
  .arch-3 {
    fill: var(--arch-3);
  }
  .arch-4 {
    fill: var(--arch-4);
  }

  .offer {
    align-self: center;
    padding: clamp(1.5rem, 5vw, 3.5rem);
    overflow-wrap: break-word;
    min-width: 0;
  }

  .lead {
    margin-top: 0.5rem;
    color: var(--soft);
  }

  .ways {
    margin-top: 1.75rem;
    display: grid;
    gap: 1.125rem;
    max-width: 24rem;
  }

  .ways > li {
    min-width: 0;
  }

  .many {
    grid-template-columns: minmax(0, 1fr) minmax(0, 3fr);
  }

  .many .ways {
    grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr));
    max-width: none;
    align-items: start;
  }

  .many .choice {
    gap: 0.625rem;
    padding-inline: 0.875rem;
    font-size: 0.9375rem;
  }

  .many .ways > li:has(.picker[open]) {
    grid-column: 1 / -1;
    max-width: 24rem;
  }

  .icon {
    position: relative;
    flex: none;
    width: 1.5rem;
    height: 1.5rem;
  }

  .icon svg {
    width: 100%;
    height: 100%;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .icon img {
    width: 100%;
    height: 100%;
    object-fit: contain;
  }

  .choice {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    width: 100%;
    min-height: 3.25rem;
    text-align: left;
    line-height: 1.3;
    background: var(--accent);
    color: var(--on-accent);
    font-size: 1.0625rem;
  }

  .choice:hover {
    background: var(--accent-hover);
  }

  li + li .choice {
    background: none;
    color: var(--accent);
  }

  li + li .choice:hover {
    background: var(--tint);
  }

  .choice[aria-busy] {
    opacity: 0.75;
  }

  .offer .fine {
    margin-top: 0.375rem;
  }

  .redirect {
    display: inline-block;
    padding: 0.5rem 0;
    font-size: 0.9375rem;
  }

  .disabled {
    display: flex;
    gap: 0.75rem;
    padding: 0.75rem 1rem;
    border: 1px dashed var(--line);
    border-radius: 0.625rem;
  }

  .picker {
    font-size: 0.9375rem;
  }

  .picker summary {
    font-weight: 400;
  }

  .offer .picker .fine {
    margin-top: 0;
  }

  .people {
    max-height: 17rem;
    margin-top: 0.5rem;
    border: 1px solid var(--line);
    border-radius: 0.625rem;
    overflow: auto;
  }

  .people:empty {
    display: none;
  }

  .people > li + li {
    border-top: 1px solid var(--line);
  }

  .people button {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 0.75rem;
    align-items: baseline;
    width: 100%;
    padding: 0.5rem 0.75rem;
    border: 0;
    border-radius: 0;
    background: none;
    color: var(--ink);
    font-weight: 400;
    text-align: left;
    overflow-wrap: anywhere;
  }

  .people button:hover {
    background: var(--tint);
  }

  .people button:focus-visible {
    outline-offset: -3px;
  }

  .people code {
    grid-column: 1 / -1;
    color: var(--soft);
    font-size: 0.8125rem;
  }

  .consent {
    grid-template-columns: minmax(0, 1fr) minmax(0, 3fr);
  }

  .consent .offer {
    padding-block: clamp(1.5rem, 3vw, 2.25rem);
  }

  .asker {
    display: flex;
    align-items: center;
    gap: 1rem;
    margin-top: 1.25rem;
    padding: 1rem 1.25rem;
    border-radius: 0.875rem;
    background: var(--page);
  }

  .asker > div {
    min-width: 0;
  }

  .asker-name {
    font-size: 1.25rem;
    font-weight: 650;
    line-height: 1.3;
    unicode-bidi: isolate;
    overflow: hidden;
    overflow-wrap: anywhere;
  }

  .application {
    flex: none;
    width: 2.5rem;
    height: 2.5rem;
    fill: none;
    stroke: var(--accent);
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .facts {
    margin: 0.5rem 0 0;
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 5fr);
  }

  .facts > * {
    margin: 0;
    padding: 0.875rem 0;
    overflow-wrap: anywhere;
  }

  .facts > :not(dt:first-of-type, dd:first-of-type) {
    border-top: 1px solid var(--line);
  }

  .facts dt {
    padding-right: 1rem;
    color: var(--soft);
  }

  .account {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.875rem;
  }

  .account .avatar {
    width: 2.75rem;
    height: 2.75rem;
    font-size: 1rem;
  }

  .account .who {
    flex: 1 1 9rem;
    gap: 0;
    justify-items: start;
  }

  .account .fine {
    margin: 0;
  }

  .account button {
    margin-inline: -0.75rem;
    padding-inline: 0.75rem;
  }

  .powers {
    display: grid;
    gap: 0.25rem;
    padding-left: 1.125rem;
    list-style: disc;
  }

  .caution {
    margin-top: 0.5rem;
    padding: 0.625rem 0.875rem;
    border: 1px solid var(--warn-line);
    border-radius: 0.625rem;
    background: var(--warn-page);
    color: var(--warn-ink);
    font-size: 0.9375rem;
  }

  .caution:empty {
    display: none;
  }

  .consent .actions {
    margin-block: 1rem 0.75rem;
    gap: 0.75rem;
  }

  .asker .fine + .fine {
    margin-top: 0;
  }

  .consent .actions button {
    flex: 1;
    max-width: 14rem;
    min-height: 3.25rem;
    font-size: 1.0625rem;
  }

  button.strong {
    background: var(--accent);
    color: var(--on-accent);
  }

  button.strong:hover {
    background: var(--accent-hover);
  }

  button:disabled,
  button[aria-disabled='true'] {
    opacity: 0.6;
    cursor: default;
  }

  .outcome {
    width: 100%;
    max-width: 40rem;
    margin: auto;
    padding: clamp(1.5rem, 5vw, 3rem);
    display: grid;
    gap: 0.75rem;
    justify-items: start;
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--card);
    overflow-wrap: anywhere;
  }

  .outcome > p:empty,
  .outcome > p:has(> [hidden]) {
    display: none;
  }

  .identity {
    display: grid;
    gap: 1.5rem;
  }

  .person {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 1rem 1.5rem;
    padding: clamp(1rem, 3vw, 1.75rem);
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--card);
  }

  .avatar {
    position: relative;
    flex: none;
    width: 5.5rem;
    height: 5.5rem;
    border-radius: 50%;
    overflow: hidden;
    display: grid;
    place-items: center;
    background: var(--tint);
    color: var(--accent);
    font-size: 1.75rem;
    font-weight: 650;
  }

  .avatar img {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }

  .who {
    flex: 1 1 16rem;
    min-width: 0;
    display: grid;
    gap: 0.125rem;
    overflow-wrap: anywhere;
  }

  .who #identity-how {
    margin-top: 0.25rem;
  }

  .who p:empty {
    display: none;
  }

  #identity-ref {
    padding: 0.125rem 0.5rem;
    border-radius: 0.375rem;
    background: var(--tint);
  }

  #identity-ref:empty {
    display: none;
  }

  .actions {
    display: flex;
    gap: 0.5rem;
  }

  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 1.5rem;
    align-items: start;
  }

  .columns > div {
    display: grid;
    gap: 1.5rem;
  }

  .columns section {
    padding: clamp(1rem, 3vw, 1.5rem);
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--card);
    min-width: 0;
  }

  #owned-content,
  #groups-content {
    margin-top: 0.75rem;
  }

  .things > li {
    padding: 0.75rem 0;
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
  }

  .things > li:last-child {
    padding-bottom: 0;
  }

  .thing-head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 1rem;
  }

  .kind {
    color: var(--soft);
    font-size: 0.875rem;
  }

  .groups {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }

  .groups > li {
    padding: 0.25rem 0.75rem;
    border-radius: 1rem;
    background: var(--tint);
    font-size: 0.9375rem;
    overflow-wrap: anywhere;
  }

  summary {
    padding: 0.5rem 0;
    color: var(--accent);
    font-weight: 600;
    cursor: pointer;
  }

  .filter {
    display: grid;
    gap: 0.25rem;
    margin: 0.5rem 0;
    font-size: 0.875rem;
    color: var(--soft);
  }

  .filter input {
    width: 100%;
    min-height: 2.75rem;
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--soft);
    border-radius: 0.625rem;
    background: var(--page);
    color: var(--ink);
    font-size: 1rem;
  }

  .scroll {
    max-height: 22rem;
    margin-top: 0.5rem;
    padding: 0.25rem;
    overflow: auto;
  }

  .answer-head {
    margin: -0.5rem -1.125rem -0.5rem 0;
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
  }

  .warning {
    margin-top: 0.75rem;
    padding-left: 0.75rem;
    border-left: 3px solid var(--warn-line);
  }

  #answer {
    margin-top: 1rem;
    max-height: 30rem;
    padding: 1rem;
    border-radius: 0.75rem;
    background: var(--page);
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    font-size: 0.8125rem;
  }

  @media (max-width: 48rem) {
    .choices,
    .columns,
    .facts {
      grid-template-columns: minmax(0, 1fr);
    }

    .choices {
      min-height: 0;
      margin-block: 0;
    }

    .panel {
      min-height: 0;
      height: clamp(7rem, 24vh, 12rem);
    }

    .many .panel,
    .consent .panel {
      height: 5rem;
    }

    .facts > dt {
      padding: 0.875rem 0 0;
    }

    .facts > dd {
      padding-top: 0.125rem;
    }

    .facts > dd:not(dt:first-of-type) {
      border-top: 0;
    }

    .consent .actions button {
      max-width: none;
    }

    .choice {
      padding-inline: 0.75rem;
      font-size: 1rem;
    }

    .status:not(.unseen) {
      width: 100%;
    }

    .actions {
      width: 100%;
    }

    .actions #sign-out {
      flex: 1;
      order: -1;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
    }
  }

  @media (forced-colors: active) {
    .panel {
      display: none;
    }

    .choices {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
