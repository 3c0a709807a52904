/** The schemas of what the routes of sign-in answer with: as strict as the types, whose members they have, no more and no fewer. */
import {
  apiSchema,
  signInCodes,
  type AuthServerMetadata,
  type CatalogStep,
  type GateStep,
  type OwnershipStep,
  type ProfileInfo,
  type RecordedError,
  type ResolverStep,
  type ShortSessionStep,
  type SignInRecord,
  type StoredClaims,
  type TransformStep,
  type UserIdentity,
} from '@vestibule/plugin-auth-node';
import type { PopupMessage } from '@vestibule/plugin-auth-pages';
import type { AuthResponse } from '../authResponse.ts';
import type { openIdMetadata } from '../flow/wellKnown.ts';
import type { ListedSession } from '../sessions/sessionDirectory.ts';

const { flag, list, number, object, oneOf, ref, text, url } = apiSchema;

const entityRef = (description: string) => ({
  ...text(description),
  examples: ['user:default/jane'],
});
const code = ref('SignInCode');
const time = (description: string) => ({ type: 'string', format: 'date-time', description });
const strings = { type: 'object', additionalProperties: { type: 'string' } };

type ProviderInfo = NonNullable<AuthResponse['providerInfo']>;
type BackstageIdentity = NonNullable<AuthResponse['backstageIdentity']>;
type Metadata = ReturnType<typeof openIdMetadata> & AuthServerMetadata;
type PostedError = Extract<PopupMessage, { error: unknown }>;

/** By the name of their component. */
export const signInSchemas = {
  SignInCode: {
    type: 'string',
    description: 'Why a sign-in, a refresh or a sign-out was refused. The list is closed.',
    enum: Object.keys(signInCodes),
  },

  AuthResponse: {
    description: 'What a front end gets of a sign-in and of each refresh.',
    ...object<AuthResponse>(
      { profile: ref('Profile') },
      {
        providerInfo: {
          description: 'What the provider delegated. A provider may add members.',
          ...object<Pick<ProviderInfo, 'idToken' | 'accessToken' | 'scope' | 'expiresInSeconds'>>(
            {},
            {
              idToken: text('Of the provider.'),
              accessToken: text('For the API of the provider.'),
              scope: text('What was granted, between spaces.'),
              expiresInSeconds: number('When to ask again.'),
            },
          ),
          additionalProperties: true,
        },
        backstageIdentity: {
          description: 'Who the person is. Absent where sign-in is not what the provider is for.',
          ...object<BackstageIdentity>(
            {
              token: text('The user token: a JWT, for the Authorization header of every plugin.'),
              identity: ref('UserIdentity'),
              expiresInSeconds: number('What is left of the life of the token.'),
            },
            {},
          ),
        },
      },
    ),
  },
  Profile: {
    description: 'What a person sees of themself. Members are absent, never empty.',
    ...object<ProfileInfo>(
      {},
      {
        email: text('Vouched for by the provider, or by the operator for that provider.'),
        displayName: text('For people.'),
        picture: url('Where the picture is.'),
      },
    ),
  },
  UserIdentity: object<UserIdentity>(
    {
      type: { const: 'user' },
      userEntityRef: entityRef('The user.'),
      ownershipEntityRefs: list(entityRef('What the user is or belongs to.')),
    },
    {},
  ),
  SignInMessage: {
    description:
      'What the page at the end of a sign-in posts to the window that opened it: the `AuthResponse`, or why there is none.',
    oneOf: [
      object<Extract<PopupMessage, { response: unknown }>>(
        { type: { const: 'authorization_response' }, response: ref('AuthResponse') },
        {},
      ),
      object<PostedError>(
        {
          type: { const: 'authorization_response' },
          error: object<PostedError['error']>(
            { name: text('As of `Error`.'), message: text('One sentence for the person.') },
            { code: text('As of `Error`.'), reference: text('Of the record that says why.') },
          ),
        },
        {},
      ),
    ],
  },
  LogoutAnswer: {
    description: 'Where the browser goes to end the session at the provider, too.',
    ...object<{ logoutUrl: string }>({ logoutUrl: url('Of the provider.') }, {}),
  },

  Userinfo: object<{ claims: StoredClaims }>(
    {
      claims: {
        description: 'As the last sign-in or refresh of the user said. A resolver may add members.',
        ...object<Pick<StoredClaims, 'sub' | 'ent'>>(
          { sub: entityRef('The user.'), ent: list(entityRef('What the user is or belongs to.')) },
          {},
        ),
        additionalProperties: true,
      },
    },
    {},
  ),
  KeySet: {
    description: 'A JWK Set (RFC 7517 section 5) of public keys.',
    ...object<{ keys: unknown[] }>(
      {
        keys: list({
          ...object<{ kid: string; kty: string; alg: string }>(
            {
              kid: text('What the header of a token names.'),
              kty: text('`EC`, `RSA` or `OKP`.'),
              alg: text('For example `ES256`.'),
            },
            {},
          ),
          additionalProperties: true,
        }),
      },
      {},
    ),
  },
  ServerMetadata: {
    description: 'OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2.',
    ...object<Metadata>(
      {
        issuer: url('What tokens name as `iss`.'),
        authorization_endpoint: url('Answers where the OAuth server is on.'),
        token_endpoint: url('Answers where the OAuth server is on.'),
        userinfo_endpoint: url('Answers who a token speaks of.'),
        jwks_uri: url('The public keys.'),
        response_types_supported: list(text('RFC 6749 section 3.1.1.')),
        subject_types_supported: list(oneOf('public')),
        id_token_signing_alg_values_supported: list(text('RFC 7518 section 3.1.')),
        scopes_supported: list(text('What can be granted.')),
        token_endpoint_auth_methods_supported: list(text('How clients prove who they are.')),
        claims_supported: list(text('Of tokens.')),
        grant_types_supported: list(text('RFC 6749 section 1.3.')),
        code_challenge_methods_supported: list(oneOf('S256')),
      },
      {
        response_modes_supported: list(text('How a client is answered.')),
        registration_endpoint: url('RFC 7591.'),
        revocation_endpoint: url('RFC 7009.'),
        revocation_endpoint_auth_methods_supported: list(text('How clients prove who they are.')),
        authorization_response_iss_parameter_supported: flag('RFC 9207.'),
        client_id_metadata_document_supported: flag(
          'Whether the id of a client may be the address of its description.',
        ),
      },
    ),
  },
  OAuthError: {
    description: 'A refusal as clients of OAuth know it (RFC 6749 section 5.2).',
    ...object<{ error: string; error_description: string }>(
      { error: text('What a client acts upon.'), error_description: text('One sentence for its developer.') },
      {},
    ),
  },

  SessionList: object<{ sessions: ListedSession[]; isComplete: boolean }>(
    {
      sessions: list(ref('Session')),
      isComplete: flag('Whether these are all that were asked for: `limit` left none out.'),
    },
    {},
  ),
  Session: {
    description:
      'A browser in which somebody signed in, or a program that acts for somebody. It opens nothing.',
    ...object<ListedSession>(
      {
        kind: oneOf('browser', 'program'),
        id: text('The beginning of a hash, or of a random name.'),
        lastUsedAt: time('To some minutes.'),
        endsAt: time('When it ends, whatever happens.'),
      },
      {
        userEntityRef: entityRef('Whose. Absent where sign-in is not what the provider is for.'),
        providerId: text('Of a browser.'),
        client: text('What the browser is, such as `Firefox on Linux`, or the client id of the program.'),
        createdAt: time('When it began. Absent for programs that were approved under a release before.'),
      },
    ),
  },
  EndedSessions: object<{ endedCount: number }>({ endedCount: number('How many there were.') }, {}),

  DecisionAnswer: object<{ decision: SignInRecord; text: string }>(
    { decision: ref('SignInRecord'), text: text('The record as `vestibule explain` prints it.') },
    {},
  ),
  SignInRecord: {
    description: 'Why a sign-in, a refresh or a sign-out ended as it did.',
    ...object<SignInRecord>(
      {
        version: { const: 1 },
        reference: { type: 'string', pattern: '^[0-9a-f]{10}$' },
        at: { type: 'string', format: 'date-time' },
        event: oneOf('sign-in', 'refresh', 'sign-out'),
        provider: text('The id of the provider.'),
        outcome: oneOf('allowed', 'refused'),
        inputs: { ...strings, description: 'What the provider gave, by name; values are shortened.' },
        transforms: list(
          object<TransformStep>(
            { transform: text('Its name.'), verdict: oneOf('profile', 'deny', 'error') },
            { reason: text('For the operator.'), code: text('Of the error.') },
          ),
        ),
        gates: list(
          object<GateStep>(
            { gate: text('Its path in the config.'), verdict: oneOf('pass', 'deny') },
            { code, reason: text('For the operator.') },
          ),
        ),
        resolvers: list(
          object<ResolverStep>(
            { resolver: text('Its name.'), verdict: oneOf('identity', 'pass', 'deny', 'error') },
            { reason: text('For the operator.'), code: text('Of the error.') },
          ),
        ),
        catalog: list(
          object<CatalogStep>(
            {
              query: text('The keys that were compared, without their values.'),
              hits: number('How many fitted.'),
            },
            { resolver: text('The one that asked.') },
          ),
        ),
        milliseconds: number('How long it took.'),
      },
      {
        environment: text('Of `auth.environment`.'),
        code,
        operator: text('What whoever runs the portal can do.'),
        claims: {
          type: 'object',
          description: 'By document of the provider, the names of the claims that count of it.',
          additionalProperties: list({ type: 'string' }),
        },
        ownership: object<OwnershipStep>(
          {
            size: number('How many references.'),
            source: oneOf('direct', 'transitive', 'module', 'resolver', 'ephemeral'),
          },
          {
            levels: number('Of groups that were walked.'),
            leftOut: list(text('What was named and does not count, and why.')),
          },
        ),
        shortSession: object<ShortSessionStep>(
          { advice: text('What would make it last.') },
          { seconds: number('For how long it lasts.') },
        ),
        grace: { const: true, description: 'The answer is the last good one: a part was away.' },
        userEntityRef: entityRef('Who was signed in.'),
        errors: list(
          object<RecordedError>(
            { name: text('As of `Error`.'), message: text('For the operator.') },
            {
              code: text('As of `Error`.'),
              hint: text('What to look at.'),
              providerError: text('What the provider called it.'),
              providerMessage: text('The own words of the provider; they are not shown here.'),
              details: { ...strings, description: 'Identifiers, by what they are.' },
            },
          ),
        ),
      },
    ),
  },
};
