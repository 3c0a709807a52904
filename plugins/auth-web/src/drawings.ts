/** The drawings of the page: doorways. Colours come from the stylesheet. */
import { markup } from '@vestibule/backend-plugin-api';

/** The icon of the tab, with colours of its own. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#2b8892" stroke-width="3">
  <path d="M5 29V15a11 11 0 0 1 22 0v14"/>
  <path d="M12 29V16a4 4 0 0 1 8 0v13"/>
</svg>
`;

/** A vestibule: arches one behind the other, with light at the end. */
export const arches = markup`<svg viewBox="0 0 400 520" preserveAspectRatio="xMidYMid slice" focusable="false">
  ${[0, 1, 2, 3, 4].map((depth) => {
    const radius = 176 - depth * 33;
    const top = 226 + depth * 20;
    const foot = 520 - depth * 26;
    return markup`<path
      class="arch-${depth}"
      d="M${200 - radius} ${foot}V${top}a${radius} ${radius} 0 0 1 ${radius * 2} 0V${foot}z"
    />`;
  })}
</svg>`;

/** A program of somebody else's: a window with a prompt. */
export const applicationIcon = markup`<svg class="application" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <path d="M3 8V6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8zM3 8.5h18M6 6.25h.01M8.5 6.25h.01" />
  <path d="M8 12.5l2.5 2-2.5 2M13 16.5h3.5" />
</svg>`;
