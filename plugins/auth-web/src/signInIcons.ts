/**
 * The icon of each way to sign in: a line drawing of ours, or a picture that the config names. No vendor's mark is copied;
 * the drawings only hint at them.
 */
import { markup, parseUrl, type Html } from '@vestibule/backend-plugin-api';
import { signInIcons, type SignInIcon, type SignInOption } from '@vestibule/plugin-auth-node';

const drawings: Readonly<Record<SignInIcon, Html>> = {
  building: drawing(markup`<path d="M5 21V4h9v17M14 10h5v11M3 21h18M8 8h3M8 12h3M8 16h3" />`),
  // Two branches that meet.
  github: drawing(
    markup`<circle cx="7" cy="5" r="2" /><circle cx="7" cy="19" r="2" /><circle cx="17" cy="8" r="2" />
      <path d="M7 7v10M17 10c0 4-10 2-10 6" />`,
  ),
  // A ring that opens into a bar.
  google: drawing(markup`<path d="M18.4 5.9A8.5 8.5 0 1 0 20.5 12H12.5" />`),
  key: drawing(markup`<circle cx="8" cy="15" r="4.5" /><path d="M11.2 11.8 20 3M16 7l3 3M13.5 9.5l2 2" />`),
  // Two rings that hold each other.
  openid: drawing(markup`<circle cx="8.5" cy="12" r="5.5" /><circle cx="15.5" cy="12" r="5.5" />`),
  person: drawing(markup`<circle cx="12" cy="8" r="4" /><path d="M4.5 21c0-4.5 3-7 7.5-7s7.5 2.5 7.5 7" />`),
  shield: drawing(
    markup`<path d="M12 3l7.5 3v5.5c0 4.5-3 7.8-7.5 9.5-4.5-1.7-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5" />`,
  ),
};

/**
 * The icon before a title. It tells nothing that the title does not. Under a picture lies the drawing of the type, which
 * the script takes away once the picture is there.
 */
export function iconOf(option: Pick<SignInOption, 'icon' | 'drawing' | 'type' | 'kind'>): Html {
  const { icon, type, kind } = option;
  const named = signInIcons.find((name) => name === icon);
  const picture = named === undefined ? pictureUrl(icon) : undefined;
  // A Backstage module says none; some are called as a drawing is.
  const ofType = option.drawing ?? signInIcons.find((name) => name === type);
  return markup`<span class="icon" aria-hidden="true"
    >${drawings[named ?? ofType ?? (kind === 'proxy' ? 'shield' : 'key')]}${
      picture !== undefined &&
      markup`<img src="${picture}" width="24" height="24" alt="" referrerpolicy="no-referrer" hidden />`
    }</span
  >`;
}

/** The content security policy lets pictures come over https only; nothing else is put into the page. */
function pictureUrl(icon: string | undefined): string | undefined {
  const url = parseUrl(icon ?? '');
  return url?.protocol === 'https:' ? url.href : undefined;
}

function drawing(lines: Html): Html {
  return markup`<svg viewBox="0 0 24 24" focusable="false">${lines}</svg>`;
}
