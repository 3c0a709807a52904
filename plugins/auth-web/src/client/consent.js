// The consent page. A person who was sent here by an application signs in, sees who asks for what, and answers. It never
// answers by itself, not even for an application that was allowed before (RFC 6749 section 10.2, RFC 8252 section 8.6).
import { showApplication } from './application.js';
import { decideRequest, fetchRequest } from './authorization.js';
import { onForgottenElsewhere } from './choice.js';
import { destinationOf, isAnswerTo } from './destination.js';
import { find } from './elements.js';
import { prepareHeldButton } from './heldButton.js';
import { showOutcome } from './outcome.js';
import { pageData } from './pageData.js';
import { clearPerson, showPerson } from './person.js';
import { Refusal } from './refusal.js';
import { isAtItsOrigin, prepareChoices, refuse, resumeSession, showChoices } from './signIn.js';
import { tell } from './status.js';
import { say } from './texts.js';
import { showView } from './views.js';

/** @import { AuthorizationRequest } from './authorization.js' */
/** @import { AuthResponse } from './backend.js' */
/** @import { Choice } from './choice.js' */

/** @type {AuthorizationRequest | undefined} What is asked; until it is known, and after it was decided, nothing. */
let request;
/** @type {string | undefined} In whose name the answer is given: the user token of the person on the page. */
let token;

prepareChoices(ask);
const holdAllow = prepareHeldButton(find('allow', HTMLButtonElement), () => void decide('approve'));
find('cancel', HTMLButtonElement).addEventListener('click', () => void decide('reject'));
find('another-account', HTMLButtonElement).addEventListener('click', () => forget());
find('outcome-retry', HTMLButtonElement).addEventListener('click', () => location.reload());
onForgottenElsewhere(() => {
  if (request && token !== undefined) forget(say('person.signedOutElsewhere'));
});
if (isAtItsOrigin()) void open();

/** What is asked comes first: nobody signs in for a request that is none. */
async function open() {
  tell(say('consent.looking'));
  try {
    request = await fetchRequest(pageData.requestId ?? '');
  } catch (error) {
    showOutcome(outcomeOf(error));
    return;
  }
  if (destinationOf(request.redirectUri).kind === 'never') {
    showOutcome({
      title: say('outcome.unsafe'),
      sentence: say('outcome.unsafeSentence'),
      next: say('outcome.tellOperator'),
    });
    return;
  }
  showApplication(request);
  await resumeSession();
}

/**
 * Asks the person who just signed in.
 *
 * @param {AuthResponse} response
 * @param {Choice} choice
 */
function ask(response, choice) {
  if (!response.backstageIdentity) {
    showView('choices');
    const sentence = say('consent.nobody', { provider: choice.title });
    refuse(new Refusal(undefined, { sentence }));
    return;
  }
  ({ token } = response.backstageIdentity);
  showPerson(response, choice);
  fail('');
  setBusy(false);
  holdAllow();
  showView('consent');
  find('consent-title', HTMLElement).focus();
}

/** @param {'approve' | 'reject'} decision */
async function decide(decision) {
  if (!request || token === undefined) return;
  const { id, redirectUri } = request;
  fail('');
  setBusy(true);
  try {
    const url = await decideRequest(id, decision, token);
    request = undefined;
    leave(decision, url, redirectUri);
  } catch (error) {
    setBusy(false);
    if (error instanceof Refusal && error.oauthError === 'invalid_token') {
      // Whoever is signed in by now is shown, and asked again.
      token = undefined;
      await resumeSession();
      if (token !== undefined) fail(say('consent.renewed'));
    } else if (isPassing(error)) fail(say('consent.unsure'));
    else {
      request = undefined;
      showOutcome(outcomeOf(error));
    }
  }
}

/**
 * Takes the answer to the application.
 *
 * @param {'approve' | 'reject'} decision
 * @param {string} url
 * @param {string} redirectUri
 */
function leave(decision, url, redirectUri) {
  const title = say(decision === 'approve' ? 'outcome.allowed' : 'outcome.notAllowed');
  if (!isAnswerTo(url, redirectUri)) {
    showOutcome({
      title: say('outcome.notDelivered'),
      sentence: say('outcome.notDeliveredSentence'),
      next: say('outcome.notDeliveredNext'),
    });
    return;
  }
  const { kind, name } = destinationOf(redirectUri);
  showOutcome(
    kind === 'app'
      ? {
          title,
          sentence: say('outcome.opensApp', { scheme: name }),
          next: say('outcome.opensAppNext'),
          link: { href: url, label: say('outcome.openAgain') },
        }
      : {
          title,
          sentence:
            kind === 'program' ? say('outcome.backToProgram') : say('outcome.backToPlace', { place: name }),
          next: say('outcome.backNext'),
          link: { href: url, label: say('outcome.goNow') },
        },
  );
  // In the place of this page, so that nobody comes back to a request that is decided.
  location.replace(url);
}

/** @param {string} [message] */
function forget(message) {
  token = undefined;
  clearPerson();
  showChoices(message);
}

/** @param {unknown} error */
function isPassing(error) {
  // No answer at all is no refusal.
  const status = error instanceof Refusal ? error.status : undefined;
  return status === undefined || status === 429 || status >= 500;
}

/**
 * @param {unknown} error
 * @returns {Parameters<typeof showOutcome>[0]}
 */
function outcomeOf(error) {
  if (isPassing(error)) {
    return {
      title: say('outcome.notNow'),
      sentence: say('outcome.notNowSentence'),
      next: say('outcome.notNowNext'),
      canRetry: true,
    };
  }
  return {
    title: say('outcome.unknown'),
    sentence: say('outcome.unknownSentence'),
    next: say('outcome.unknownNext'),
  };
}

/** @param {string} message Beside the buttons; read aloud at once. */
function fail(message) {
  find('consent-failure', HTMLElement).textContent = message;
}

/** @param {boolean} isBusy While an answer is on its way. */
function setBusy(isBusy) {
  for (const id of ['allow', 'cancel', 'another-account']) find(id, HTMLButtonElement).disabled = isBusy;
}
