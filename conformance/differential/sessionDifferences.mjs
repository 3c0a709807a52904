// Of sessions and of who they are of: tickets, refreshes, references.
import {
  allInPrevious,
  answer,
  anything,
  anywhere,
  fields,
  guarded,
  names,
  refreshAndGrace,
  refreshed,
  refusal,
  sentence,
  tickets,
} from './places.mjs';

export const sessionDifferences = [
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
];
