// Of starts and callbacks.
import {
  answer,
  anything,
  anywhere,
  fields,
  promptAndEmail,
  refreshed,
  refusal,
  refusedOnPage,
  sealedAttempts,
  signedIn,
  tickets,
} from './places.mjs';

export const signInDifferences = [
  {
    id: 'attempt-cookie',
    where: 'start and callback',
    theirs: 'a nonce in `<provider>-nonce`, one for all tabs, never removed, and the rest in `connect.sid`',
    ours: 'one sealed cookie `<provider>-attempt-…` for each attempt (`__Secure-` before it on https), removed by its callback',
    reason:
      'Several tabs sign in at once, and a callback works once. Nothing is kept on the server at a start.',
    decision: sealedAttempts,
    at: [
      fields(anywhere, /^cookie \w+-nonce\b/, anything, undefined),
      fields(anywhere, /^cookie connect\.sid\b/, anything, undefined),
      fields(anywhere, /^cookie (__Secure-)?\w+-attempt-<random>\./, undefined, anything),
    ],
  },
  {
    id: 'opaque-state',
    where: 'start, `state` in `Location`',
    theirs: 'hex of nonce, env, origin, redirectUrl, flow and scope, for everyone to read and alter',
    ours: 'a random handle',
    reason: 'What an attempt is about stands in its sealed cookie.',
    decision: sealedAttempts,
    at: [
      fields(anywhere, /^location \?state\./, anything, undefined),
      fields(anywhere, 'location ?state', undefined, '<opaque>'),
    ],
  },
  {
    id: 'pkce-and-nonce-always',
    where: 'start at GitHub and Google; the ID token of Google',
    theirs: 'neither PKCE nor an OpenID nonce',
    ours: 'PKCE with S256, and a nonce where there is an ID token',
    reason: 'A stolen or injected code is then worth nothing.',
    decision: 'RFC 9700 section 2.1.1',
    at: [
      fields(/(github|google)\/start/, 'location ?code_challenge', undefined, '<random>'),
      fields(/(github|google)\/start/, 'location ?code_challenge_method', undefined, 'S256'),
      fields(/google\/start/, 'location ?nonce', undefined, '<random>'),
      fields(/google/, /providerInfo\.idToken claims\.nonce$/, undefined, '<random>'),
    ],
  },
  {
    id: 'several-tabs',
    where: 'the callback of the first of two starts',
    theirs: 'refused: the second has overwritten the nonce',
    ours: 'signs in',
    reason: 'People have several tabs.',
    decision: sealedAttempts,
    at: [
      answer(/GET the first callback$/, { status: 200, 'posted 2.error.message': 'Invalid nonce' }, signedIn),
    ],
  },
  {
    id: 'env-of-the-attempt',
    where: 'a callback with an `env` in its query that is not that of its start',
    theirs: 'not compared',
    ours: 'refused',
    reason: 'The environment belongs to the attempt, and its secrets to the environment.',
    decision: sealedAttempts,
    at: [
      answer(
        /a callback whose env is another one › GET the callback/,
        signedIn,
        refusedOnPage('ERR_AUTH_STATE_MISMATCH'),
      ),
    ],
  },
  {
    id: 'callback-url-elsewhere',
    where: 'an environment with a `callbackUrl` of its own, behind a proxy that leads it here',
    theirs: 'the cookies lie under the path of that URL, and neither callback nor refresh receives them',
    ours: 'signs in and refreshes: cookies of the session lie under `/api/auth/<provider>`, those of attempts under what both paths share',
    reason: 'Or the setting could not be used.',
    decision: tickets,
    at: [
      answer(
        /oidc, elsewhere: .*callback/,
        { status: 200, 'posted 2.error.message': 'Auth response is missing cookie nonce' },
        signedIn,
      ),
      answer(/oidc, elsewhere: .*refresh\?/, refusal(401, undefined), refreshed),
      fields(/oidc, elsewhere: .*logout/, /^cookie oidc-refresh-token\./, undefined, anything),
    ],
  },
  {
    id: 'callback-by-post',
    where: 'a callback of oidc by `POST`, with its parameters in the query',
    theirs: 'refused: "Unexpected redirect"',
    ours: 'signs in',
    reason: 'Either method is routed; the parameters are those of the query.',
    decision: sealedAttempts,
    at: [
      answer(
        /POST the callback$/,
        { status: 200, 'posted 2.error.message': 'Unexpected redirect' },
        signedIn,
      ),
    ],
  },
  {
    id: 'prompt-only-where-needed',
    where: 'start at oidc without `prompt` in the config',
    theirs: '`prompt=none`, which fails for whoever is not signed in at the provider',
    ours: 'no `prompt`',
    reason: 'A first sign-in has to work.',
    decision: promptAndEmail,
    at: [
      fields(/oidc\/start\?env=silent/, 'location ?prompt', 'none', undefined),
      answer(
        /oidc, silent: .*callback/,
        { status: 200, 'posted 2.error.message': /login_required/ },
        signedIn,
      ),
    ],
  },
  {
    id: 'sub-addresses-stay',
    where: 'the resolver `emailMatchingUserEntityProfileEmail`, an address with a tag',
    theirs: '`jane+portal@…` is looked for as `jane@…` too',
    ours: 'only with `stripSubAddress: true`',
    reason: 'At many providers they are different people.',
    decision: promptAndEmail,
    at: [answer(/in as tag › GET the callback/, signedIn, refusedOnPage('ERR_RESOLVER_NO_MATCH'))],
  },
  {
    id: 'emails-that-github-vouches-for',
    where: 'the profile of GitHub, where the scopes do not cover addresses',
    theirs: 'the public address of the account',
    ours: 'none; with the scope `user:email` the verified primary one',
    reason: 'The account does not say whether its public address is verified; the list of addresses does.',
    decision: promptAndEmail,
    at: [fields(/github/, /profile\.email$/, 'jane@example.com', undefined)],
  },
];
