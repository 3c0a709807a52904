// What the lists of differences are made of: places, answers that are told by some of their fields, and pages of decisions.
import { inNewest, inPrevious } from './sets.mjs';

const decision = (page, title) => `[${title}](../decisions/${page}.md)`;
export const sealedAttempts = decision('01-sealed-attempts', 'One sealed cookie for each attempt');
export const targetsFirst = decision('02-targets-first', 'Targets are checked first');
export const tickets = decision('03-opaque-tickets', 'The browser holds a ticket');
export const refreshAndGrace = decision('04-refresh-and-grace', 'One refresh at a time');
export const promptAndEmail = decision(
  '06-prompt-and-email',
  'No prompt unless needed, and only vouched-for e-mails',
);
export const guarded = decision('11-refresh-and-logout-are-guarded', 'Refresh and logout are guarded');
export const thrownErrors = decision('22-what-a-thrown-error-means', 'What a thrown error means');
export const oauthServer = decision('26-oauth-server', 'The OAuth server does what the specifications ask');
export const names = decision('32-names-that-no-entity-has', 'Names that no entity has');
export const failures = decision('34-where-a-failure-shows', 'Where a sign-in that fails shows itself');
export const keysFirst = decision('09-keys-published-first', 'Keys are published before they sign');

export const anywhere = /./;
/** The discovery document. */
export const metadata =
  /openid-configuration|› GET it (from the app|compressed)$|^limited .*› the (first|second|third)$/;
/** Whatever is there. */
export const anything = /^/;

/** A place that is a field. */
export const fields = (of, field, theirs, ours) => ({ of, field, theirs, ours });

/** A place that is an answer as a whole. */
export const answer = (of, theirs, ours) => ({ of, theirs, ours });

/** Places of one set alone. */
export const allInNewest = (...places) => places.map(inNewest);
export const allInPrevious = (...places) => places.map(inPrevious);

/** The sentence of a refusal, in JSON, on the page, or in a redirect. */
export const sentence = (theirs, ours) =>
  fields(anywhere, /^((body|posted 2)\.error\.message|location \?error)$/, theirs, ours);

export const refusal = (status, code) => ({ status, 'body.error.code': code });
export const refusedOnPage = (code) => ({ status: 200, 'posted 2.error.code': code });
export const redirectTo = (location) => ({ status: 302, location });
export const signedIn = { status: 200, 'posted 2.response.backstageIdentity.identity.userEntityRef': /./ };
export const refreshed = { status: 200, 'body.backstageIdentity.identity.userEntityRef': /./ };
export const idp = '<idp>/authorize';
