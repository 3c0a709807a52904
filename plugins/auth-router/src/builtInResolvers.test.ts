/**
 * Every built-in resolver with each of its options, as config names them: one portal, in which each case is a provider of
 * its own. It lives where all vendors meet.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createBackendModule,
  createServiceFactory,
  type ConfigSchema,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import {
  HttpBrowser,
  github,
  google,
  oidc,
  startTestBackend,
  type TestLogin,
} from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import authPlugin from '@vestibule/plugin-auth-backend';
import githubModule, { githubSignInResolvers } from '@vestibule/plugin-auth-backend-module-github-provider';
import googleModule, { googleSignInResolvers } from '@vestibule/plugin-auth-backend-module-google-provider';
import oidcModule from '@vestibule/plugin-auth-backend-module-oidc-provider';
import {
  adoptedSignInResolvers,
  authProvidersExtensionPoint,
  commonSignInResolvers,
  type OAuthProviderOptions,
  type ProviderDefinition,
  type ProviderGrant,
} from '@vestibule/plugin-auth-node';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { appOrigin, user } from './testing/program.ts';

interface Case {
  type: 'google' | 'github' | 'oidc';
  resolver: string;
  options?: JsonObject;
  login: TestLogin;
  /** Who it is, or the code of the refusal. */
  is: string;
}

const jane = 'user:default/jane';
const nobody = 'ERR_RESOLVER_NO_MATCH';
const email = (address: string) => oidc({ claims: { sub: 'x', email: address } });
const atGoogle = (address: string) => google({ sub: 'x', email: address });
const anyone = { dangerouslyAllowSignInWithoutUserInCatalog: true };

/** The three by an address differ in the field that they compare, and in the name of who is missing. */
function byAddress(
  type: 'google' | 'oidc',
  resolver: string,
  { login, stranger }: { login: (address: string) => TestLogin; stranger: string },
): Case[] {
  const given = (address: string, options: JsonObject, is: string): Case => ({
    type,
    resolver,
    options,
    login: login(address),
    is,
  });
  return [
    given('jane@example.com', {}, jane),
    given('JANE@Example.com', {}, jane),
    given('kim@example.com', {}, nobody),
    given('jane+news@example.com', {}, nobody),
    given('jane+news@example.com', { stripSubAddress: false }, nobody),
    given('jane+news@example.com', { stripSubAddress: true }, jane),
    given('jane@example.com', { allowedDomains: ['other.example', 'EXAMPLE.com'] }, jane),
    given('jane@example.com', { allowedDomains: ['other.example'] }, 'ERR_GATE_DOMAIN'),
    given('jane@example.com', { allowedDomains: [] }, 'ERR_GATE_DOMAIN'),
    given('jane@sub.example.com', { allowedDomains: ['example.com'] }, 'ERR_GATE_DOMAIN'),
    given('Kim@example.com', anyone, stranger),
    given('kim+news@example.com', { ...anyone, stripSubAddress: true }, stranger),
    given('jane@example.com', anyone, jane),
    given('kim@example.com', { dangerouslyAllowSignInWithoutUserInCatalog: false }, nobody),
    given('kim@other.example', { ...anyone, allowedDomains: ['example.com'] }, 'ERR_GATE_DOMAIN'),
  ];
}

const cases: Case[] = [
  ...byAddress('oidc', 'emailMatchingUserEntityProfileEmail', {
    login: email,
    stranger: 'user:default/kim@example.com',
  }),
  ...byAddress('oidc', 'emailLocalPartMatchingUserEntityName', {
    login: email,
    stranger: 'user:default/kim',
  }),
  ...byAddress('google', 'emailMatchingUserEntityAnnotation', {
    login: atGoogle,
    stranger: 'user:default/kim@example.com',
  }),
  ...(
    [
      [{}, 'sub-of-jane', jane],
      [{}, 'SUB-of-jane', 'ERR_CATALOG_ANSWER_INVALID'],
      [{}, 'sub-of-kim', nobody],
      [{}, 'acme-of-jane', nobody],
      [{ annotation: 'acme.org/sub' }, 'acme-of-jane', jane],
      [{ annotation: 'acme.org/sub' }, 'sub-of-jane', nobody],
    ] as const
  ).map(([options, sub, is]): Case => ({
    type: 'oidc',
    resolver: 'subjectMatchingUserEntityAnnotation',
    options,
    login: oidc({ claims: { sub } }),
    is,
  })),
  ...(
    [
      [{}, 'Jane', jane],
      [{}, 'kim', nobody],
      [anyone, 'Kim', 'user:default/kim'],
      [anyone, 'jane', jane],
      [{ dangerouslyAllowSignInWithoutUserInCatalog: false }, 'kim', nobody],
    ] as const
  ).map(([options, login, is]): Case => ({
    type: 'github',
    resolver: 'usernameMatchingUserEntityName',
    options,
    login: github({ login }),
    is,
  })),
  ...(
    [
      [{}, 'U_jane', jane],
      [{}, 'u_JANE', 'ERR_CATALOG_ANSWER_INVALID'],
      [{}, 'U_kim', nobody],
      [anyone, 'U_kim', 'user:default/u_kim'],
      [anyone, 'u_JANE', 'ERR_CATALOG_ANSWER_INVALID'],
      [anyone, 'jane', 'ERR_EPHEMERAL_NAME_TAKEN'],
      [{ dangerouslyAllowSignInWithoutUserInCatalog: false }, 'U_kim', nobody],
    ] as const
  ).map(([options, nodeId, is]): Case => ({
    type: 'github',
    resolver: 'userIdMatchingUserEntityAnnotation',
    options,
    login: github({ nodeId }),
    is,
  })),
];

const claimed = (claims: Record<string, unknown>) => oidc({ claims: { sub: 'x', ...claims } });
const byOid = { claim: 'oid', annotation: 'acme.org/oid' };
const byUsername = { claim: 'preferred_username' };
for (const [type, resolver, options, login, is] of [
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: 'Oid-of-jane' }), jane],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    byOid,
    claimed({ oid: 'oid-of-JANE' }),
    'ERR_CATALOG_ANSWER_INVALID',
  ],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: 'oid-of-kim' }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({}), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: '' }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: ['Oid-of-jane'] }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: { id: 'Oid-of-jane' } }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: true }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ oid: null }), nobody],
  ['oidc', 'claimMatchingUserEntityAnnotation', byOid, claimed({ OID: 'Oid-of-jane' }), nobody],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { claim: 'number', annotation: 'acme.org/number' },
    claimed({ number: 4711 }),
    jane,
  ],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { claim: 'number', annotation: 'acme.org/number' },
    claimed({ number: 4711.5 }),
    nobody,
  ],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { claim: 'sub', annotation: 'idp.example.com/sub' },
    oidc({ claims: { sub: 'sub-of-jane' } }),
    jane,
  ],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { ...byOid, ...anyone },
    claimed({ oid: 'Kim-1' }),
    'user:default/kim-1',
  ],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { ...byOid, ...anyone },
    claimed({ oid: 'jane' }),
    'ERR_EPHEMERAL_NAME_TAKEN',
  ],
  [
    'oidc',
    'claimMatchingUserEntityAnnotation',
    { ...byOid, ...anyone },
    claimed({ oid: 'oid-of-JANE' }),
    'ERR_CATALOG_ANSWER_INVALID',
  ],
  [
    'google',
    'claimMatchingUserEntityAnnotation',
    { claim: 'sub', annotation: 'idp.example.com/sub' },
    google({ sub: 'sub-of-jane' }),
    jane,
  ],
  [
    'github',
    'claimMatchingUserEntityAnnotation',
    { claim: 'node_id', annotation: 'github.com/user-id' },
    github({ nodeId: 'U_jane' }),
    jane,
  ],
  [
    'github',
    'claimMatchingUserEntityAnnotation',
    { claim: 'id', annotation: 'acme.org/number' },
    github({ id: 4711 }),
    jane,
  ],
  ['oidc', 'claimMatchingUserEntityName', byUsername, claimed({ preferred_username: 'Jane' }), jane],
  ['oidc', 'claimMatchingUserEntityName', byUsername, claimed({ preferred_username: 'kim' }), nobody],
  [
    'oidc',
    'claimMatchingUserEntityName',
    byUsername,
    claimed({ preferred_username: 'jane@example.com' }),
    nobody,
  ],
  [
    'oidc',
    'claimMatchingUserEntityName',
    byUsername,
    claimed({ preferred_username: 'group:default/jane' }),
    nobody,
  ],
  ['oidc', 'claimMatchingUserEntityName', byUsername, claimed({ preferred_username: ' jane' }), nobody],
  ['oidc', 'claimMatchingUserEntityName', byUsername, claimed({}), nobody],
  ['oidc', 'claimMatchingUserEntityName', { claim: 'toString' }, claimed({}), nobody],
  ['oidc', 'claimMatchingUserEntityName', { claim: '__proto__' }, claimed({}), nobody],
  [
    'oidc',
    'claimMatchingUserEntityName',
    { ...byUsername, ...anyone },
    claimed({ preferred_username: 'Kim' }),
    'user:default/kim',
  ],
  ['github', 'claimMatchingUserEntityName', { claim: 'login' }, github({ login: 'Jane' }), jane],
  // Of Red Hat Developer Hub and the community's Keycloak module.
  ['oidc', 'preferredUsernameMatchingUserEntityName', {}, claimed({ preferred_username: 'Jane' }), jane],
  [
    'oidc',
    'preferredUsernameMatchingUserEntityName',
    anyone,
    claimed({ preferred_username: 'Kim' }),
    'user:default/kim',
  ],
  ['oidc', 'oidcSubClaimMatchingKeycloakUserId', {}, oidc({ claims: { sub: 'kc-of-jane' } }), jane],
  [
    'oidc',
    'oidcSubClaimMatchingKeycloakUserId',
    {},
    oidc({ claims: { sub: 'KC-of-jane' } }),
    'ERR_CATALOG_ANSWER_INVALID',
  ],
  [
    'oidc',
    'oidcSubClaimMatchingKeycloakUserId',
    anyone,
    oidc({ claims: { sub: 'kim-1' } }),
    'user:default/kim-1',
  ],
  ['oidc', 'oidcSubClaimMatchingPingIdentityUserId', {}, oidc({ claims: { sub: 'ping-of-jane' } }), jane],
  [
    'oidc',
    'oidcSubClaimMatchingPingIdentityUserId',
    anyone,
    oidc({ claims: { sub: 'kim-1' } }),
    'user:default/kim-1',
  ],
  ['oidc', 'oidcLdapUuidMatchingAnnotation', {}, claimed({ ldap_uuid: 'ldap-of-jane' }), jane],
  [
    'oidc',
    'oidcLdapUuidMatchingAnnotation',
    { ldapUuidKey: 'uuid', ...anyone },
    claimed({ uuid: 'ldap-of-jane' }),
    jane,
  ],
  [
    'oidc',
    'oidcLdapUuidMatchingAnnotation',
    { ldapUuidKey: 'uuid' },
    claimed({ ldap_uuid: 'ldap-of-jane' }),
    nobody,
  ],
  [
    'oidc',
    'ldapUuidMatchingAnnotation',
    { ldapUuidKey: 'uuid', ...anyone },
    claimed({ uuid: 'ldap-of-jane' }),
    jane,
  ],
] as [Case['type'], string, JsonObject, TestLogin, string][]) {
  cases.push({ type, resolver, options, login, is });
}

const idOf = (index: number) => `case-${index}`;

/** The vendors tell what each case says; what their modules say of resolvers, scopes and keys stays. */
const vendors = createBackendModule({
  pluginId: 'auth',
  moduleId: 'scripted-vendors',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      init({ providers }) {
        for (const providerId of ['google', 'github', 'oidc']) {
          providers.decorateProvider({
            providerId,
            decorate: (definition) => ({ ...definition, create: scripted }) as ProviderDefinition,
          });
        }
      },
    });
  },
});

function scripted({ providerId }: OAuthProviderOptions<unknown>) {
  const { login } = cases[Number(providerId.slice('case-'.length))]!;
  return {
    authorizationUrl: async ({ state }: { state: string }) =>
      Promise.resolve(new URL(`https://vendor.example/?${new URLSearchParams({ state })}`)),
    exchange: async (): Promise<ProviderGrant> => {
      const { profile, result, subject = '', issuer = '', emailOmitted } = login;
      const tokens = { accessToken: 'an-access-token', tokenType: 'bearer' };
      return Promise.resolve({
        profile,
        result,
        subject,
        issuer,
        ...(emailOmitted && { emailOmitted }),
        tokens,
      });
    },
  };
}

const annotations = {
  'google.com/email': 'jane@example.com',
  'github.com/user-id': 'U_jane',
  'idp.example.com/sub': 'sub-of-jane',
  'acme.org/sub': 'acme-of-jane',
  'acme.org/oid': 'Oid-of-jane',
  'acme.org/number': '4711',
  'keycloak.org/id': 'kc-of-jane',
  'pingidentity.org/id': 'ping-of-jane',
  'backstage.io/ldap-uuid': 'ldap-of-jane',
};
const plain = user('jane', 'jane@example.com');
const known: Entity = { ...plain, metadata: { ...plain.metadata, annotations } };

let portal: Awaited<ReturnType<typeof startTestBackend>>;
beforeAll(async () => {
  const credentials = { clientId: 'vestibule', clientSecret: 'a-client-secret-for-tests' };
  const providers = cases.map(({ type, resolver, options }, index): [string, JsonObject] => [
    idOf(index),
    {
      type,
      development: {
        ...credentials,
        ...(type === 'oidc' && { metadataUrl: 'https://idp.example.com' }),
        signIn: { resolvers: [{ resolver, ...options }] },
      },
    },
  ]);
  portal = await startTestBackend({
    features: [
      authPlugin,
      googleModule,
      githubModule,
      oidcModule,
      vendors,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => createInMemoryCatalog([known]),
      }),
    ],
    config: {
      app: { baseUrl: appOrigin },
      backend: {
        baseUrl: 'http://localhost:7007',
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: {
        session: { secret: 'a-session-secret-for-tests' },
        providers: Object.fromEntries(providers),
      },
    },
  });
});
afterAll(async () => portal?.stop());

async function signIn(providerId: string): Promise<string | undefined> {
  const base = `${portal.url}/api/auth/${providerId}`;
  const browser = new HttpBrowser();
  const started = await browser.send(`${base}/start?env=development&origin=${appOrigin}&flow=popup`);
  const state = new URL(started.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const { text } = await browser.send(`${base}/handler/frame?${new URLSearchParams({ code: 'x', state })}`);
  const [, message = ''] = /data-message="([^"]*)"/.exec(text) ?? [];
  const { response, error } = JSON.parse(decodeURIComponent(message)) as {
    response?: { backstageIdentity?: { identity: { userEntityRef: string } } };
    error?: { code: string };
  };
  return error?.code ?? response?.backstageIdentity?.identity.userEntityRef;
}

const described = cases.map(
  ({ type, resolver, options = {}, login: { profile, subject }, is }, index) =>
    [
      `${type}: ${resolver} ${JSON.stringify(options)}: ${profile.email ?? subject} (${index}) is ${is}`,
      index,
      is,
    ] as const,
);

describe('a resolver that config names', () => {
  it.each(described)('%s', async (_, index, is) => {
    expect(await signIn(idOf(index))).toBe(is);
  });

  it('has no option that no case above gives', () => {
    const all = {
      ...commonSignInResolvers,
      ...adoptedSignInResolvers,
      ...googleSignInResolvers,
      ...githubSignInResolvers,
    };
    for (const [resolver, { optionsSchema }] of Object.entries(all)) {
      const given = cases
        .filter((one) => one.resolver === resolver)
        .flatMap(({ options = {} }) => Object.keys(options));
      expect([resolver, [...new Set(given)].sort()]).toEqual([resolver, keysOf(optionsSchema)]);
    }
  });
});

function keysOf(schema: ConfigSchema | undefined): string[] {
  const described = schema?.['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
  return Object.keys(described?.['properties'] ?? {}).sort();
}
