// The sign-in window: opens it, and waits for what it reports.
import { popupUrl, refresh } from './backend.js';
import { Refusal, refusalFrom } from './refusal.js';
import { say } from './texts.js';

/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

const width = 480;
const height = 730;
const closedCheckMilliseconds = 150;
// The window reports before it closes, but the report may arrive after the check.
const graceMilliseconds = 300;

/** The window has gone, or was cut off, before it reported anything; perhaps the sign-in goes on in it. */
export class PopupClosed extends Refusal {
  constructor() {
    super(undefined, { sentence: say('signIn.closed') });
  }
}

/**
 * Signs in through a window of its own. Must be called from a click, or the browser blocks the window.
 *
 * @param {Choice} choice
 * @param {AbortSignal} signal Gives up and closes the window.
 * @returns {Promise<AuthResponse>}
 * @throws {Refusal}
 */
export function signInWithPopup(choice, signal) {
  // Without a name: a window of an earlier attempt may be about to close, and must not be used again.
  const popup = window.open(popupUrl(choice), '_blank', windowFeatures());
  if (!popup) {
    return Promise.reject(new Refusal(undefined, { sentence: say('signIn.blocked') }));
  }
  popup.focus();
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const closed = new PopupClosed();
    const timer = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(timer);
      setTimeout(() => void lookForSession(), graceMilliseconds);
    }, closedCheckMilliseconds);
    // A window looks closed as well once it has shown a page that cuts it off from this one, as providers' pages may
    // (Cross-Origin-Opener-Policy). Then it cannot report; it says at its end that it is done, and this page gets the focus.
    const told = new Promise((done) => onCutOffWindowDone(() => done(undefined), listening.signal));
    const lookForSession = async () => {
      await Promise.race([told, untilFocused(listening.signal)]);
      if (listening.signal.aborted) return;
      try {
        const response = await refresh(choice);
        finish(() => resolve(response));
      } catch {
        finish(() => reject(closed));
      }
    };
    /** @param {() => void} settle */
    const finish = (settle) => {
      clearInterval(timer);
      listening.abort();
      settle();
    };

    window.addEventListener(
      'message',
      ({ source, origin, data }) => {
        // Anyone may post to this window; only the popup, on a page of ours, may sign somebody in.
        if (source !== popup || origin !== location.origin) return;
        if (data?.type !== 'authorization_response') return;
        if (data.response) finish(() => resolve(data.response));
        else finish(() => reject(refusalFrom(data.error)));
      },
      { signal: listening.signal },
    );
    signal.addEventListener(
      'abort',
      () => {
        popup.close();
        finish(() => reject(closed));
      },
      { signal: listening.signal },
    );
  });
}

/**
 * Calls back when a sign-in ended in a window that could not report to the one that opened it.
 *
 * @param {() => void} listener
 * @param {AbortSignal} [signal] Ends the listening.
 */
export function onCutOffWindowDone(listener, signal) {
  const channel = new BroadcastChannel('vestibule-sign-in');
  channel.addEventListener('message', listener);
  signal?.addEventListener('abort', () => channel.close());
}

/** @param {AbortSignal} signal Ends the waiting. */
function untilFocused(signal) {
  return new Promise((resolve) => {
    const focused = () => resolve(undefined);
    if (document.hasFocus()) focused();
    window.addEventListener('focus', focused, { signal });
    signal.addEventListener('abort', focused);
  });
}

/** In the middle of this window, or as large as a small screen allows. */
function windowFeatures() {
  const left = Math.round(window.screenX + Math.max(0, (window.outerWidth - width) / 2));
  const top = Math.round(window.screenY + Math.max(0, (window.outerHeight - height) / 2));
  return `popup,width=${width},height=${height},left=${left},top=${top}`;
}
