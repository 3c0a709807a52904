// Of refusals: their words, where they show themselves, and whom nothing is sent to.
import {
  allInNewest,
  allInPrevious,
  answer,
  anything,
  anywhere,
  failures,
  fields,
  idp,
  redirectTo,
  refusal,
  refusedOnPage,
  sealedAttempts,
  sentence,
  targetsFirst,
  thrownErrors,
} from './places.mjs';

export const refusalDifferences = [
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
];
