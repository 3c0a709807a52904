/** Whose picture, or else whose initials: filled by the script. */
import { markup } from '@vestibule/backend-plugin-api';

export const avatar = markup`<div class="avatar">
  <img id="identity-picture" alt="" hidden referrerpolicy="no-referrer" />
  <span id="identity-initials" aria-hidden="true"></span>
</div>`;
