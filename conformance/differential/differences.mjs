// Where our answers differ from those of Backstage's auth backend on purpose, by name. What differs and is not here fails the
// run of differential.test.mjs, and so does a place that no longer differs.
//
// `theirs`, `ours` and `reason` are for people: the page docs/reference/differences-from-backstage.md is made of them.
// `theirs` may be by set of Backstage. `at` is for the run. Each place names exchanges (`of`: portal › case › exchange) and
// one field with both values, where `undefined` is absent; or no field, and then an answer that is another one altogether,
// told by some of its fields. A place holds for both sets of Backstage, or for the one that it names (`set`).
import { inNewest, inPrevious } from './sets.mjs';

const decision = (page, title) => `[${title}](../decisions/${page}.md)`;
const sealedAttempts = decision('01-sealed-attempts', 'One sealed cookie for each attempt');
const targetsFirst = decision('02-targets-first', 'Targets are checked first');
const tickets = decision('03-opaque-tickets', 'The browser holds a ticket');
const refreshAndGrace = decision('04-refresh-and-grace', 'One refresh at a time');
const promptAndEmail = decision(
  '06-prompt-and-email',
  'No prompt unless needed, and only vouched-for e-mails',
);
const guarded = decision('11-refresh-and-logout-are-guarded', 'Refresh and logout are guarded');
const thrownErrors = decision('22-what-a-thrown-error-means', 'What a thrown error means');
const oauthServer = decision('26-oauth-server', 'The OAuth server does what the specifications ask');
const names = decision('32-names-that-no-entity-has', 'Names that no entity has');
const failures = decision('34-where-a-failure-shows', 'Where a sign-in that fails shows itself');
const keysFirst = decision('09-keys-published-first', 'Keys are published before they sign');

const anywhere = /./;
const metadata =
  /openid-configuration|› GET it (from the app|compressed)$|^limited .*› the (first|second|third)$/;
const anything = /^/;

/** A place that is a field. */
const fields = (of, field, theirs, ours) => ({ of, field, theirs, ours });

/** A place that is an answer as a whole. */
const answer = (of, theirs, ours) => ({ of, theirs, ours });

/** Places of one set alone. */
const allInNewest = (...places) => places.map(inNewest);
const allInPrevious = (...places) => places.map(inPrevious);

/** The sentence of a refusal, in JSON, on the page, or in a redirect. */
const sentence = (theirs, ours) =>
  fields(anywhere, /^((body|posted 2)\.error\.message|location \?error)$/, theirs, ours);

const refusal = (status, code) => ({ status, 'body.error.code': code });
const refusedOnPage = (code) => ({ status: 200, 'posted 2.error.code': code });
const redirectTo = (location) => ({ status: 302, location });
const signedIn = { status: 200, 'posted 2.response.backstageIdentity.identity.userEntityRef': /./ };
const refreshed = { status: 200, 'body.backstageIdentity.identity.userEntityRef': /./ };
const idp = '<idp>/authorize';

export const differences = [
  {
    id: 'https-headers-over-https-only',
    where: 'every answer, where `backend.baseUrl` is http',
    theirs: '`Strict-Transport-Security`, and `upgrade-insecure-requests` in the CSP',
    ours: 'neither',
    reason:
      'Over plain http the first must not be sent, and the second asks for addresses that nobody serves.',
    decision: 'RFC 6797 section 7.2',
    at: [
      fields(/^(?!secure )/, 'header strict-transport-security', /max-age/, undefined),
      fields(/^(?!secure )/, 'header content-security-policy: upgrade-insecure-requests', '', undefined),
    ],
  },
  {
    id: 'not-stored',
    where: 'every answer but public documents',
    theirs: 'no `Cache-Control`',
    ours: '`Cache-Control: no-store`',
    reason: 'Answers carry tokens, or say who is signed in.',
    decision: 'RFC 6749 section 5.1',
    at: [fields(anywhere, 'header cache-control', undefined, 'no-store')],
  },
  {
    id: 'no-validators',
    where: 'every answer with a body',
    theirs: 'a weak `ETag`',
    ours: 'none',
    reason: 'What may not be stored has nothing to be compared with later; the public documents are small.',
    decision: 'RFC 9110 section 8.8.3',
    at: [fields(anywhere, 'header etag', '<weak>', undefined)],
  },
  {
    id: 'not-compressed',
    where: 'every answer with a body',
    theirs: '`Vary: Accept-Encoding`, and compression from 1 kB',
    ours: 'neither',
    reason:
      'Answers are small, and compressing secrets beside what a caller chose tells of the secrets. A proxy in front may compress.',
    decision: 'RFC 9110 section 17.6',
    at: [
      fields(anywhere, 'header vary: Accept-Encoding', true, undefined),
      fields(/GET refresh, compressed$/, 'header content-encoding', 'gzip', undefined),
    ],
  },
  {
    id: 'vary-origin',
    where: 'every answer, where `backend.cors` is in the config',
    theirs: '`Vary: Origin` only where the origin of the request is allowed',
    ours: 'always',
    reason: 'Or a cache would give an answer for one origin to another.',
    decision: 'Fetch Standard, CORS protocol and HTTP caches',
    at: [fields(anywhere, 'header vary: Origin', undefined, true)],
  },
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
    id: 'ticket',
    where: 'callback, refresh and logout',
    theirs:
      "the provider's refresh token in `<provider>-refresh-token` for 1,000 days, the scopes in `<provider>-granted-scope`; before each, the cookie of old versions with a `Domain` is removed",
    ours: 'an opaque ticket in `<provider>-refresh-token`, and nothing else; for a day longer than the session, to tell that it has ended, and at most 400 days',
    reason: "Providers' tokens stay in the database. Browsers keep no cookie for longer than 400 days.",
    decision: tickets,
    at: [
      fields(anywhere, /^cookie \w+-granted-scope\b/, anything, undefined),
      fields(anywhere, /^cookie \w+-refresh-token #[23]\./, anything, undefined),
      fields(/callback/, /^cookie \w+-refresh-token\.value$/, '', '<random>'),
      fields(/callback/, /^cookie \w+-refresh-token\.max-age$/, '0', /^(34560000|3455999\d|90000|8999\d)$/),
      fields(anywhere, /^cookie \w+-refresh-token\.domain$/, anything, undefined),
      fields(/refresh/, /^cookie \w+-refresh-token\./, anything, undefined),
      fields(
        /forged cookie/,
        /^cookie \w+-refresh-token\.(value|max-age|path|expires|httponly|samesite)$/,
        undefined,
        anything,
      ),
    ],
  },
  {
    id: 'session-without-refresh-token',
    where: 'callback, refresh and logout at a provider that gave no refresh token',
    theirs: 'no cookie, so that a reload signs out',
    ours: 'a ticket until the access token ends',
    reason: 'The access token is there and good; whoever it names is signed in for as long.',
    decision: tickets,
    at: [
      fields(
        /oidc, (auto|silent)|gitlab/,
        /^cookie \w+-refresh-token\.(value|max-age|path|expires|httponly|samesite)$/,
        undefined,
        anything,
      ),
      answer(/oidc, auto: .*refresh\?/, refusal(401, undefined), refreshed),
    ],
  },
  {
    id: 'error-codes',
    where: 'every refusal: `error` in JSON and in what the popup posts; the query of a redirect',
    theirs: '`name` and `message`',
    ours: 'also a stable `code` and, where somebody was judged, `reference`, which leads to the decision',
    reason: 'So that a refusal can be looked up.',
    decision: '[Why was I refused?](../guides/why-was-i-refused.md)',
    at: [
      fields(anywhere, /^(body|posted 2)\.error\.code$/, undefined, /^ERR_/),
      fields(anywhere, /^(body|posted 2)\.error\.reference$/, undefined, '<random>'),
      fields(anywhere, 'location ?error_code', undefined, /^ERR_/),
      fields(anywhere, 'location ?error_reference', undefined, '<random>'),
    ],
  },
  {
    id: 'causes-stay-inside',
    where: 'refusals in JSON',
    theirs: '`cause`, with what libraries and providers said',
    ours: 'none; it is in the log and in the decision',
    reason: 'It tells a stranger about the inside.',
    decision: thrownErrors,
    at: [fields(anywhere, /^body\.error\.cause\./, anything, undefined)],
  },
  {
    id: 'sentences',
    where: 'refusals: `error.message`, `error` in the query of a redirect',
    theirs: 'what the code that refused said, to a developer',
    ours: 'one sentence of a closed list, to the person who signs in',
    reason: 'A person can act on it, and nothing of the inside leaks.',
    decision: thrownErrors,
    at: [
      sentence('Refresh failed; caused by InputError: Missing session cookie', 'Nobody is signed in here.'),
      sentence(
        /^Refresh failed; caused by (OPError: invalid_grant|Error: Invalid access token)/,
        'The session has ended. Please sign in again.',
      ),
      sentence(
        'Refresh failed; caused by Error: Refresh failed, session has not been granted the requested scope',
        'The session does not cover what was asked for. Please sign in again.',
      ),
      sentence(
        /^(OAuth state is invalid, missing env|Auth response is missing cookie nonce|Origin 'http:\/\/evil\.test' is not allowed|Authentication failed, did not find expected authorization request details in session.*)$/,
        'This sign-in did not begin in this browser, or its cookie is gone. Please sign in again.',
      ),
      sentence(
        /^(Authentication rejected, (access_denied.*)?|Authentication failed, (undefined|invalid_grant.*))$/,
        'The sign-in provider refused the login.',
      ),
      sentence(
        /^Authentication rejected, (code missing from response|iss mismatch.*|iss missing from the response)$/,
        "The sign-in provider's answer could not be verified.",
      ),
      sentence(
        /^Failed to sign-in, unable to resolve user identity\. /,
        'You signed in at the provider, but your account there does not belong to a user of this portal. Ask whoever runs it to add you.',
      ),
      sentence(
        'Login failed, user profile does not contain an email',
        'Your e-mail address is not verified at the sign-in provider. Verify it there, then sign in again.',
      ),
      sentence(
        /^(Login failed, user profile does not contain an email|Sign-in user email is not from an allowed domain)$/,
        'You may not sign in to this portal.',
      ),
      sentence(
        'User lookup resulted in multiple matches',
        'Your login could belong to several users of this portal. Ask whoever runs it to tell them apart.',
      ),
      ...allInNewest(
        sentence(/^Validation error: .*"userEntityRef"$/, /userEntityRef|is no text|^Entity reference/),
        sentence(
          'Redirect URL is not an allowed origin',
          'The address to return to does not belong to this portal.',
        ),
      ),
      sentence(
        'Userinfo endpoint must be called with a token that represents a user principal',
        "Userinfo is for users; this token is a service's",
      ),
      sentence(
        /^Auth provider registered for 'google' is misconfigured\./,
        "The configuration of 'google' has a fault; the log of the start says where.",
      ),
    ],
  },
  {
    id: 'names-of-refusals',
    where: 'what the popup posts: `error.name`',
    theirs: '`Error`, for whatever a resolver or a provider said',
    ours: '`NotAllowedError` where somebody is refused, `AuthenticationError` where an answer does not verify',
    reason: 'A refusal is no accident.',
    decision: thrownErrors,
    at: [fields(anywhere, 'posted 2.error.name', 'Error', /^(NotAllowedError|AuthenticationError)$/)],
  },
  {
    id: 'page-with-words',
    where: 'the page that ends a popup',
    theirs: 'a script without a word, and `script-src` alone in the CSP',
    ours: 'also says what happened and links to the portal; the CSP allows nothing else, the charset is named',
    reason: 'So that nobody sits before a blank page, and nothing can be injected into it.',
    decision: targetsFirst,
    at: [
      fields(anywhere, 'page text', '', /Back to the portal$/),
      fields(anywhere, 'header content-type', 'text/html', 'text/html; charset=utf-8'),
      fields(anywhere, 'header content-security-policy: default-src', undefined, "'none'"),
      fields(anywhere, 'header content-security-policy: style-src', undefined, /^'sha256-[^ ]+'$/),
      fields(anywhere, 'header content-security-policy: base-uri', undefined, "'none'"),
      fields(anywhere, 'header content-security-policy: form-action', undefined, "'none'"),
      fields(anywhere, 'header content-security-policy: frame-ancestors', undefined, "'self'"),
      fields(/^secure .*callback/, 'header referrer-policy', 'same-origin', 'no-referrer'),
    ],
  },
  {
    id: 'bare-redirect',
    where: 'the end of a sign-in by redirects, `/v1/authorize`',
    theirs: 'a text that repeats the address, and `Vary: Accept`',
    ours: 'no body, as at the start',
    reason: 'Nobody reads it.',
    decision: 'RFC 9110 section 15.4.3',
    at: [
      fields(anywhere, 'body', /^Found\. Redirecting to /, ''),
      fields(anywhere, 'header content-type', 'text/plain; charset=utf-8', undefined),
      fields(anywhere, 'header vary: Accept', true, undefined),
    ],
  },
  {
    id: 'exact-paths',
    where: 'paths in another case, with a slash too many or at the end',
    theirs: 'found all the same',
    ours: '404',
    reason: 'What a proxy in front has judged by path is what is served.',
    decision: 'RFC 3986 section 6.2.2',
    at: [
      answer(
        /GET (\/OIDC\/start|\/oidc\/\/start|\/\/oidc\/start)/,
        redirectTo(idp),
        refusal(404, /NOT_FOUND|PROVIDER_UNKNOWN/),
      ),
      answer(/GET \/oidc\/start\/$/, refusal(400, undefined), refusal(404, 'ERR_AUTH_PROVIDER_UNKNOWN')),
      answer(/GET \/v1\/userinfo\/$/, refusal(401, undefined), refusal(404, 'ERR_AUTH_PROVIDER_UNKNOWN')),
      answer(
        /(openid-configuration\/|with a slash)$/,
        { status: 200 },
        refusal(404, 'ERR_AUTH_PROVIDER_UNKNOWN'),
      ),
      fields(/GET it with a slash$/, /^cookie backstage-auth\./, anything, undefined),
    ],
  },
  {
    id: 'root-has-a-body',
    where: '`/api/auth` itself',
    theirs: '404 without a body',
    ours: '404 with the error as JSON',
    reason: 'As every refusal.',
    decision: thrownErrors,
    at: [answer(/GET \/?$/, { status: 404, body: '' }, refusal(404, 'ERR_HTTP_ROUTE_NOT_FOUND'))],
  },
  {
    id: 'no-options-of-its-own',
    where: '`OPTIONS` that is no preflight of an allowed origin',
    theirs: '200, and `Allow` lists the methods',
    ours: '404, as every method that a path does not have',
    reason: 'Only browsers ask, and to them both are a no.',
    decision: 'Fetch Standard, CORS protocol',
    at: [
      answer(
        /OPTIONS \/|from a foreign origin$/,
        { status: 200, 'header allow: GET': true },
        refusal(404, 'ERR_AUTH_PROVIDER_UNKNOWN'),
      ),
    ],
  },
  {
    id: 'head-is-no-get',
    where: '`HEAD` on start, callback and refresh',
    theirs: 'done as a `GET`',
    ours: '405',
    reason: 'It would spend the attempt, or rotate tokens, and tell nobody.',
    decision: sealedAttempts,
    at: [
      answer(
        /HEAD \/\w+\/(start|refresh|handler)/,
        { status: /^(200|401|500)$/ },
        { status: 405, 'header allow: GET': true },
      ),
    ],
  },
  {
    id: 'parameters-once-and-whole',
    where: 'a parameter twice, as a list or object, or with control characters; malformed addresses',
    theirs: 'joined, or taken apart, and used',
    ours: '400; over 8,192 bytes 414',
    reason: 'Two readers of one address must read the same.',
    decision: 'RFC 6749 section 3.1',
    at: [
      answer(
        /start\?env=development&env=auto$/,
        refusal(404, undefined),
        refusal(400, 'ERR_AUTH_PARAMETER_REPEATED'),
      ),
      answer(
        /origin=http%3A%2F%2Flocalhost%3A3000&origin=/,
        refusal(400, undefined),
        refusal(400, 'ERR_AUTH_PARAMETER_REPEATED'),
      ),
      answer(/scope=a&scope=b$/, redirectTo(idp), refusal(400, 'ERR_AUTH_PARAMETER_REPEATED')),
      answer(/env\[\]=development$/, redirectTo(idp), refusal(400, 'ERR_AUTH_ENV_MISSING')),
      answer(/env\[x\]=development$/, refusal(404, undefined), refusal(400, 'ERR_AUTH_ENV_MISSING')),
      answer(/scope=a(%00b|%0D%0A.*)$/, redirectTo(idp), refusal(400, 'ERR_AUTH_PARAMETER_INVALID')),
      answer(/scope=%ff$/, redirectTo(idp), refusal(400, 'ERR_AUTH_SCOPE_INVALID')),
      answer(/GET \/%$/, refusal(400, undefined), refusal(400, 'ERR_HTTP_REQUEST_MALFORMED')),
      answer(
        /GET \/(oidc\/%zz\/frame|\.\/oidc\/start.*)$/,
        refusal(404, undefined),
        refusal(400, 'ERR_HTTP_REQUEST_MALFORMED'),
      ),
      answer(/x=y{9000}$/, redirectTo(idp), refusal(414, /^ERR_HTTP_/)),
    ],
  },
  {
    id: 'bodies-are-not-read',
    where: 'refresh and logout with a body',
    theirs: '400 where it says it is JSON and is none',
    ours: 'not read',
    reason: 'Nothing of it is used.',
    decision: guarded,
    at: [
      answer(
        /POST \/oidc\/refresh\?env=development$/,
        { status: 400, 'body.error.type': 'entity.parse.failed' },
        refusal(401, 'ERR_AUTH_SESSION_MISSING'),
      ),
    ],
  },
  {
    id: 'redirect-url-checked-at-start',
    where: 'start with `flow=redirect`',
    theirs: 'any `redirectUrl`, also none, is taken and redirected to in the end',
    ours: '400 without one, 403 where it is not of an allowed origin',
    reason: 'An open redirector.',
    decision: targetsFirst,
    at: allInPrevious(
      answer(/flow=redirect$/, redirectTo(idp), refusal(400, 'ERR_AUTH_REDIRECT_URL_MISSING')),
      answer(
        /redirectUrl=http%3A%2F%2Fevil/,
        redirectTo(idp),
        refusal(403, 'ERR_AUTH_REDIRECT_URL_NOT_ALLOWED'),
      ),
    ),
  },
  {
    id: 'refused-start-for-people',
    where: 'a refused start, where the request accepts HTML',
    theirs: 'JSON',
    ours: 'the same status with a page, which posts the error to the window that opened it if that is of an allowed origin; JSON for everybody else',
    reason: 'A person is looking at it.',
    decision: failures,
    at: [
      answer(/a browser at an unknown environment$/, refusal(404, undefined), {
        status: 404,
        'page text': /You cannot sign in this way/,
      }),
      answer(/a browser from a disallowed origin$/, refusal(403, undefined), {
        status: 403,
        body: /You cannot sign in this way/,
      }),
    ],
  },
  {
    id: 'failing-redirects-end-at-the-app',
    where: 'a sign-in by redirects that is refused',
    theirs: {
      newest: 'to `app.baseUrl`, as ours',
      previous: 'to the `redirectUrl` of its start, with `error`',
    },
    ours: 'to `app.baseUrl`, with `error`',
    reason: 'What the start named is where somebody signed in goes.',
    decision: failures,
    at: allInPrevious(
      fields(/in by redirects, /, 'location', 'http://localhost:3000/catalog#c', 'http://localhost:3000/'),
      fields(/in by redirects, /, 'location ?a', 'b', undefined),
    ),
  },
  {
    id: 'callback-of-nobody',
    where: 'a callback without `state`, or with one that opens no attempt',
    theirs: {
      previous:
        'the page or JSON, by whether the `state` can be decoded; posts to the origin and redirects to the URL that it names, whoever wrote it',
      newest:
        'the page, JSON or a redirect to `app.baseUrl`, by what the `state` decodes to; posts to the origin that it names, whoever wrote it',
    },
    ours: '400 without a `state`; otherwise the page, which posts to the origin of `app.baseUrl`',
    reason: 'Anybody can write a `state`.',
    decision: sealedAttempts,
    at: [
      answer(
        /handler\/frame\?env=development(&error=access_denied)?$/,
        { status: 200, 'posted 2.error.message': 'OAuth state is invalid, missing env' },
        refusal(400, 'ERR_AUTH_STATE_MISSING'),
      ),
      answer(/handler\/frame\?env=nope$/, refusal(404, undefined), refusal(400, 'ERR_AUTH_STATE_MISSING')),
      answer(
        /handler\/frame\?state=(nope|[0-9a-f]+)$/,
        refusal(403, undefined),
        refusedOnPage('ERR_AUTH_STATE_MISMATCH'),
      ),
      ...allInPrevious(
        answer(
          /handler\/frame\?state=[0-9a-f]+$/,
          redirectTo('http://evil.test/'),
          refusedOnPage('ERR_AUTH_STATE_MISMATCH'),
        ),
      ),
      ...allInNewest(
        answer(
          /handler\/frame\?state=[0-9a-f]+$/,
          {
            ...redirectTo('http://localhost:3000/'),
            'location ?error': 'Redirect URL is not an allowed origin',
          },
          refusedOnPage('ERR_AUTH_STATE_MISMATCH'),
        ),
      ),
      fields(
        /handler\/frame\?state=[0-9a-f]+&code=x$/,
        'posted 1.targetOrigin',
        'http://evil.test',
        'http://localhost:3000',
      ),
      fields(
        /handler\/frame\?state=[0-9a-f]+&code=x$/,
        'posted 2 to',
        'http://evil.test',
        'http://localhost:3000',
      ),
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
  {
    id: 'scopes-of-the-session',
    where: 'refresh at a provider whose scopes are kept (oidc, GitHub)',
    theirs:
      'the scopes asked for now come first; at oidc also those that were never granted, which the session then has',
    ours: 'the scopes of the sign-in, in their order; 401 for others, and the session stays',
    reason: 'What was not granted is not there. The front end asks for more with a popup.',
    decision: refreshAndGrace,
    at: [
      answer(
        /oidc: (scopes of a refresh › .*phone|in: phone, out, in, refresh: phone › )/,
        refreshed,
        refusal(401, 'ERR_AUTH_SCOPE_NOT_GRANTED'),
      ),
      ...[
        ['openid phone profile email offline_access', 'openid profile email offline_access'],
        ['openid phone profile email offline_access', 'phone openid profile email offline_access'],
        ['phone openid profile email offline_access', 'openid phone profile email offline_access'],
        [
          'address phone openid profile email offline_access',
          'phone address openid profile email offline_access',
        ],
        ['repo read:user', 'read:user repo'],
        ['read:user repo', 'repo read:user'],
        ['gist read:user repo', 'read:user repo gist'],
      ].map(([theirs, ours]) => fields(/refresh/, 'body.providerInfo.scope', theirs, ours)),
      fields(/GET \/github\/start$/, 'location ?scope', 'read:user repo', 'repo read:user'),
    ],
  },
  {
    id: 'env-of-the-session',
    where: 'start and refresh in another environment than that of the sign-in',
    theirs: 'the refresh token and the scopes of any environment are used',
    ours: 'a session belongs to its environment: scopes are not carried over, and a refresh is 401 and removes the ticket',
    reason: 'Another environment is another client at the provider, whose tokens are not for it.',
    decision: tickets,
    at: [
      fields(
        /GET \/oidc\/start$/,
        'location ?scope',
        'phone openid profile email offline_access',
        'phone openid profile email',
      ),
      answer(/\[auto\] refresh, refresh › /, refreshed, refusal(401, /^ERR_AUTH_SESSION_(ENDED|MISSING)$/)),
    ],
  },
  {
    id: 'refresh-and-logout-guarded',
    where: 'refresh, of every kind of provider',
    theirs: 'any origin; at a provider of the proxy type also without `X-Requested-With`',
    ours: '403 from an origin that is not allowed, or across sites; 401 without the header',
    reason: 'A foreign page could trigger it. Stock front ends send the header.',
    decision: guarded,
    at: [
      answer(
        /(from a foreign origin|across sites|from the backend)$/,
        refreshed,
        refusal(403, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'),
      ),
      answer(
        /from (no|a foreign) origin$/,
        refusal(401, undefined),
        refusal(403, 'ERR_AUTH_ORIGIN_NOT_ALLOWED'),
      ),
      answer(/guests › GET \/guest\/refresh$/, refreshed, refusal(401, 'ERR_AUTH_REQUESTED_WITH_MISSING')),
    ],
  },
  {
    id: 'canonical-refs',
    where: 'tokens and userinfo: `sub` and `ent`, as a resolver of a module issued them',
    theirs: { newest: 'canonical, and each once, as ours', previous: 'as they were issued' },
    ours: 'canonical, and each once',
    reason: 'One person has one name.',
    decision: names,
    at: allInPrevious(
      ...['sub', 'ent'].flatMap((claim) => [
        fields(
          /^refs /,
          new RegExp(`claims\\.${claim}(\\.0)?$`),
          /[A-Z]|^user:jane$/,
          /^(user|group):default\/[a-z.]+$/,
        ),
      ]),
      fields(
        /^refs /,
        /identity\.(userEntityRef|ownershipEntityRefs\.0)$/,
        /[A-Z]|^user:jane$/,
        /^(user|group):default\/[a-z.]+$/,
      ),
      fields(/ent \["Group:Default\/Rockets/, /\.(ent|ownershipEntityRefs)\.length$/, 3, 1),
      fields(/ent \["Group:Default\/Rockets/, /\.(ent|ownershipEntityRefs)\.[12]$/, /rockets$/i, undefined),
    ),
  },
  {
    id: 'names-of-others',
    where: 'references that a resolver of a module issues, beyond what an entity can be called',
    theirs: {
      newest: 'whatever `parseEntityRef` reads; in `ent` anything',
      previous: 'any text with a kind; in `ent` anything',
    },
    ours: 'likewise, but for what could be taken for another reference: in `sub` it is refused and named, in `ent` left out',
    reason: 'Many providers let people choose their names, and some readers split at `|` and `:`.',
    decision: names,
    at: [
      answer(/^refs › sub "(user:default\/a[|:]b| user:default\/jane)".*refresh$/, refreshed, {
        status: /^(403|500)$/,
        'body.error.code': /^ERR_IDENTITY_REF_(UNSAFE|INVALID)$/,
      }),
      answer(
        /^refs › sub "(user:default\/a[|:]b| user:default\/jane)".*userinfo$/,
        { status: 200 },
        { status: 401 },
      ),
      sentence(
        '"sub" claim provided by the auth resolver is not a valid EntityRef.',
        'An internal error occurred logId=<random>',
      ),
      fields(
        /^refs .*ent \[("readers"|"group:default\/a[|:]b"|"")/,
        /\.(ent|ownershipEntityRefs)\.length$/,
        /^[123]$/,
        /^[01]$/,
      ),
      fields(
        /^refs .*ent \[("readers"|"group:default\/a[|:]b"|"")/,
        /\.(ent|ownershipEntityRefs)\.\d$/,
        /^( ?|:|readers|group:(default\/)?readers|group:default\/a[|:]b)$/,
        undefined,
      ),
      fields(
        /^refs .*ent \["readers"/,
        /\.(ent|ownershipEntityRefs)\.0$/,
        'readers',
        'group:default/readers',
      ),
    ],
  },
  {
    id: 'cookie-of-another-user',
    where: "`/.backstage/auth/v1/cookie`, where the cookie is another user's than the token",
    theirs: { newest: 'replaced, as ours', previous: 'the cookie stays' },
    ours: 'replaced',
    reason: 'Whoever signed in last is who goes on.',
    decision: 'backend-defaults 0.19.0',
    at: allInPrevious(
      fields(/GET a cookie of somebody else$/, /^cookie backstage-auth\./, undefined, anything),
    ),
  },
  {
    id: 'keys-published-first',
    where: 'the key set, before the first token',
    theirs: 'empty',
    ours: 'has the key that will sign',
    reason: 'Verifiers keep a key set for ten minutes.',
    decision: keysFirst,
    at: [
      answer(
        /before the first token › .*jwks/,
        { status: 200, 'body.keys.length': 0 },
        { status: 200, 'body.keys.length': 1 },
      ),
    ],
  },
  {
    id: 'rate-limit-headers',
    where: 'every answer, where `backend.rateLimit` is in the config',
    theirs: '`X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` (a point in time)',
    ours: '`RateLimit-Policy`, `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset` (seconds)',
    reason: 'The names on the way to a standard; seconds need no clock.',
    decision: 'draft-ietf-httpapi-ratelimit-headers-06',
    at: [
      fields(/^limited /, /^header x-ratelimit-(limit|remaining|reset)$/, /^\d+$/, undefined),
      fields(/^limited /, /^header ratelimit-(limit|remaining|reset)$/, undefined, /^\d+$/),
      fields(/^limited /, 'header ratelimit-policy', undefined, '3;w=60'),
    ],
  },
  {
    id: 'oauth-metadata',
    where: 'the discovery document',
    theirs: {
      newest: 'lists the response type `id_token`, which is refused',
      previous:
        'lists the response type `id_token`, which is refused, the challenge method `plain`, and ways to authenticate that no client has',
    },
    ours: 'lists what there is, and with the OAuth server on what revocation and authorization responses are like besides',
    reason: 'A document that is true is the use of it.',
    decision: 'RFC 8414 section 2',
    at: [
      fields(/^oauth .*openid-configuration/, 'body.response_types_supported.length', 2, 1),
      fields(/^oauth .*openid-configuration/, 'body.response_types_supported.1', 'id_token', undefined),
      fields(
        /^oauth .*openid-configuration/,
        /^body\.(revocation_endpoint_auth_methods_supported|response_modes_supported|authorization_response_iss_parameter_supported)/,
        undefined,
        anything,
      ),
      ...allInPrevious(
        fields(metadata, 'body.code_challenge_methods_supported.length', 2, 1),
        fields(metadata, 'body.code_challenge_methods_supported.1', 'plain', undefined),
        fields(metadata, 'body.token_endpoint_auth_methods_supported.length', /^[23]$/, /^[013]$/),
        fields(
          metadata,
          /^body\.token_endpoint_auth_methods_supported\.[012]$/,
          /^(client_secret_(basic|post)|none)$/,
          undefined,
        ),
        fields(
          /^oauth documents .*openid-configuration/,
          'body.token_endpoint_auth_methods_supported.0',
          'client_secret_basic',
          'none',
        ),
        fields(
          /^oauth registration .*openid-configuration/,
          'body.token_endpoint_auth_methods_supported.2',
          undefined,
          'none',
        ),
      ),
    ],
  },
  {
    id: 'oauth-refreshing-alone',
    where: 'the discovery document, with refresh tokens on and no way to be a client',
    theirs: 'lists `offline_access` and `refresh_token`',
    ours: 'neither',
    reason: 'Nobody can get one.',
    decision: 'RFC 8414 section 2',
    at: [
      fields(/^oauth refreshing /, /^body\.(scopes|grant_types)_supported\.length$/, 2, 1),
      fields(
        /^oauth refreshing /,
        /^body\.(scopes|grant_types)_supported\.1$/,
        /^(offline_access|refresh_token)$/,
        undefined,
      ),
    ],
  },
  {
    id: 'oauth-registration-remains',
    where: 'dynamic registration, where it is switched on',
    theirs: { newest: 'gone', previous: 'there, and deprecated' },
    ours: 'there for one more release, off by default, and deprecated',
    reason: 'What registered needs time to become a metadata document, or a client of the config.',
    decision: oauthServer,
    at: allInNewest(
      answer(
        /^oauth › registrations › /,
        { status: 404, 'body.error.name': 'NotFoundError' },
        { status: /^(201|400)$/ },
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        'body.registration_endpoint',
        undefined,
        /\/v1\/register$/,
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        /^body\.token_endpoint_auth_methods_supported\./,
        anything,
        anything,
      ),
      fields(
        /^oauth › documents › .*openid-configuration/,
        /^body\.token_endpoint_auth_methods_supported\.[12]$/,
        undefined,
        /^(client_secret_post|none)$/,
      ),
    ),
  },
  {
    id: 'oauth-registration-answer',
    where: '`POST /v1/register`',
    theirs: 'client id, secret and redirect URIs',
    ours: 'all that was registered, since when and until when',
    reason: 'A client has to know what it got.',
    decision: 'RFC 7591 section 3.2.1',
    at: allInPrevious(
      fields(
        /^oauth .*(POST \/v1\/register|a good one)$/,
        /^body\.(client_(secret_expires_at|id_issued_at|name)|token_endpoint_auth_method|grant_types|response_types)/,
        undefined,
        anything,
      ),
    ),
  },
  {
    id: 'oauth-registration-errors',
    where: 'a refused registration',
    theirs: '`invalid_request`; broken JSON as an ordinary error',
    ours: '`invalid_client_metadata` or `invalid_redirect_uri`; broken JSON as `invalid_request`',
    reason: 'The names of the specification.',
    decision: 'RFC 7591 section 3.2.2',
    at: [
      ...allInPrevious(
        fields(
          /^oauth › registrations|^oauth registration .*\/register$/,
          'body.error',
          'invalid_request',
          /^invalid_(client_metadata|redirect_uri)$/,
        ),
      ),
      answer(
        /^oauth › registrations › broken$/,
        { status: 400, 'body.error.type': 'entity.parse.failed' },
        { status: 400, 'body.error': 'invalid_request' },
      ),
    ],
  },
  {
    id: 'oauth-error-words',
    where: 'errors of the OAuth server: `error_description`',
    theirs: 'its words',
    ours: 'others',
    reason: 'Clients go by `error`.',
    decision: 'RFC 6749 section 5.2',
    at: [fields(/^oauth /, 'body.error_description', /./, /./)],
  },
  {
    id: 'oauth-errors-are-redirected',
    where: '`/v1/authorize`: errors after client and redirect URI are known to be good',
    theirs: '400, as an ordinary error',
    ours: 'a redirect to the client with `error`, `state` and `iss`',
    reason: 'The client is waiting.',
    decision: 'RFC 6749 section 4.1.2.1',
    at: [
      answer(
        /^oauth[\w ]* › .*(response_type=token|method=(S512|plain)|without PKCE)$/,
        { status: 400, 'body.error.name': 'InputError' },
        { status: 302, 'location ?error': /./, 'location ?state': /./, 'location ?iss': /./ },
      ),
    ],
  },
  {
    id: 'oauth-errors-shown',
    where: '`/v1/authorize`: errors of client or redirect URI',
    theirs: '400, as an ordinary error',
    ours: '400 with `error` and `error_description`',
    reason: 'One form of errors for OAuth clients.',
    decision: 'RFC 6749 section 5.2',
    at: [
      answer(
        /^oauth[\w ]* › (authorizations of .*|redirect URIs are exact|a client that is a document.*) › |^oauth \w+ › .*\/authorize/,
        { status: 400, 'body.error.name': 'InputError' },
        { status: 400, 'body.error': /^invalid_(request|client)$/ },
      ),
    ],
  },
  {
    id: 'oauth-pkce-always',
    where: '`/v1/authorize` without a challenge, of a client with a secret',
    theirs: { newest: 'refused, as ours is', previous: 'goes on' },
    ours: 'refused',
    reason: 'A secret does not protect a code that was injected.',
    decision: 'RFC 9700 section 2.1.1',
    at: allInPrevious(
      answer(
        /^oauth › authorizations of a registered client .*without PKCE$/,
        { status: 302, location: 'http://localhost:3000/oauth2/authorize/<a UUID>' },
        { status: 302, location: 'http://127.0.0.1:8055/callback', 'location ?error': 'invalid_request' },
      ),
    ),
  },
  {
    id: 'oauth-no-plain-challenge',
    where: '`/v1/authorize` with `code_challenge_method=plain`',
    theirs: 'goes on',
    ours: 'refused',
    reason: 'A plain challenge is the verifier.',
    decision: 'RFC 9700 section 2.1.1',
    at: allInPrevious(
      answer(
        /^oauth[\w ]* › .*method=plain$/,
        { status: 302, location: 'http://localhost:3000/oauth2/authorize/<a UUID>' },
        { status: 302, location: 'http://127.0.0.1:8055/callback', 'location ?error': 'invalid_request' },
      ),
    ),
  },
  {
    id: 'oauth-handles',
    where: 'the id of a session of consent',
    theirs: 'a UUID',
    ours: 'the request itself, sealed; up to 6,000 characters',
    reason: 'Nothing is stored until a user decides, so that nobody crowds out the requests of others.',
    decision: oauthServer,
    at: [
      fields(
        /^oauth .*GET authorize( again|, who only signs)?$/,
        'location',
        /\/oauth2\/authorize\/<a UUID>$/,
        /\/oauth2\/authorize\/<sealed>$/,
      ),
      fields(/^oauth .*GET the session$/, 'body.id', '<a UUID>', '<sealed>'),
    ],
  },
  {
    id: 'oauth-issuer-in-responses',
    where: 'the `redirectUrl` of a decision',
    theirs: '`code` or `error`, and `state`',
    ours: 'also `iss`',
    reason: 'Against mixing up authorization servers.',
    decision: 'RFC 9207',
    at: [
      fields(
        /^oauth .*POST (approve|reject)$/,
        'body.redirectUrl ?iss',
        undefined,
        'http://localhost:7007/api/auth',
      ),
    ],
  },
  {
    id: 'oauth-bearer-errors',
    where: 'a decision without a user',
    theirs: '403 `access_denied`, or 401 `invalid_client`',
    ours: '401 `invalid_token` with `WWW-Authenticate`',
    reason: 'Nobody was denied; nobody is signed in.',
    decision: 'RFC 6750 section 3',
    at: [
      answer(
        /^oauth[\w ]* › (sessions of nobody|consent to .* without a user) › |^oauth [\w ]+ › .*\/approve$/,
        { status: /^40[13]$/, 'body.error': /^(access_denied|invalid_client)$/ },
        { status: 401, 'body.error': 'invalid_token' },
      ),
      fields(
        /^oauth[\w ]* › (sessions of nobody|consent to .* without a user) › |^oauth [\w ]+ › .*\/approve$/,
        'header www-authenticate',
        undefined,
        /^Bearer\b/,
      ),
      ...allInNewest(fields(/^oauth .*with garbage$/, 'header www-authenticate', /^Basic /, /^Bearer /)),
    ],
  },
  {
    id: 'oauth-clients-authenticate',
    where: '`POST /v1/token`, a client that registered with a secret',
    theirs: 'need not show it',
    ours: '401 without it',
    reason: 'A client authenticates as it registered.',
    decision: 'RFC 6749 section 3.2.1',
    at: allInPrevious(
      answer(
        /^oauth[\w ]* › .*without client authentication$/,
        { status: 200, 'body.token_type': 'Bearer' },
        { status: 401, 'body.error': 'invalid_client' },
      ),
      fields(
        /^oauth[\w ]* › .*without client authentication$/,
        'header www-authenticate',
        undefined,
        /^Basic /,
      ),
    ),
  },
  {
    id: 'oauth-audience',
    where: 'tokens of the OAuth server',
    theirs: '`aud` is `backstage`',
    ours: '`aud` is `backstage` and the client, `azp` the client',
    reason: 'An ID token is for the client, too.',
    decision: 'OpenID Connect Core section 2',
    at: [
      fields(/^oauth /, /^body\.(access|id)_token claims\.aud$/, 'backstage', undefined),
      fields(/^oauth /, /^body\.(access|id)_token claims\.(azp|aud\.(length|0|1))$/, undefined, anything),
    ],
  },
  {
    id: 'oauth-token-answer',
    where: '`POST /v1/token`',
    theirs: {
      newest: 'no `scope` at a refresh',
      previous: '`expires_in` is 3600, whatever `backstageTokenExpiration` says; no `scope` at a refresh',
    },
    ours: '`expires_in` is that of the token; always a `scope`; `Pragma: no-cache`',
    reason: 'Clients go by it.',
    decision: 'RFC 6749 section 5.1',
    at: [
      ...allInPrevious(fields(/^oauth /, 'body.expires_in', 3600, 1800)),
      fields(
        /^oauth .*(POST the refresh token|by its owner)$/,
        'body.scope',
        undefined,
        'openid offline_access',
      ),
      fields(/^oauth /, 'header pragma', undefined, 'no-cache'),
    ],
  },
  {
    id: 'oauth-revocation',
    where: '`POST /v1/revoke`',
    theirs: '401 for whoever names no client; an empty answer of type HTML',
    ours: '200 for a token that is not known; an empty answer without a type',
    reason: 'What is not known needs no revoking.',
    decision: 'RFC 7009 section 2.2',
    at: [
      answer(
        /^oauth([\w ]* › .*a revocation of nobody| [\w ]+ › .*\/revoke)$/,
        { status: 401, 'body.error': 'invalid_client' },
        { status: 200, body: '' },
      ),
      ...allInNewest(
        fields(/^oauth .*(\/revoke|revocation of nobody)$/, 'header www-authenticate', /^Basic /, undefined),
      ),
      fields(
        /^oauth[\w ]* › .*POST (a revocation|one of an unknown token)$/,
        'header content-type',
        'text/html; charset=utf-8',
        undefined,
      ),
    ],
  },
  {
    id: 'compact-json',
    where: 'JSON, with `NODE_ENV=development`',
    theirs: 'indented',
    ours: 'as everywhere',
    reason: 'Tools indent where somebody reads.',
    decision: 'RFC 8259 section 2',
    at: [fields(/^(development|oauth) /, 'body layout', 'indented', 'compact')],
  },
];
