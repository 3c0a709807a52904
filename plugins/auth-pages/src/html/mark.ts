/** The mark before the portal's name, where it has no logo. Its colour comes from the stylesheet. */
import { markup } from '@vestibule/backend-plugin-api';

export const mark = markup`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path d="M5 29V15a11 11 0 0 1 22 0v14" />
  <path d="M12 29V16a4 4 0 0 1 8 0v13" />
</svg>`;
