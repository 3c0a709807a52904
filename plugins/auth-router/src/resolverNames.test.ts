/** What a start says of the resolvers that config names: what is read as what, what is unsafe, and what cannot be. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServiceFactory, type JsonObject } from '@vestibule/backend-plugin-api';
import { startTestBackend } from '@vestibule/backend-test-utils';
import authPlugin from '@vestibule/plugin-auth-backend';
import githubModule from '@vestibule/plugin-auth-backend-module-github-provider';
import guestModule from '@vestibule/plugin-auth-backend-module-guest-provider';
import oidcModule from '@vestibule/plugin-auth-backend-module-oidc-provider';
import { createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { appOrigin, user } from './testing/program.ts';

interface Said {
  type: 'oidc' | 'github';
  entry: JsonObject;
  says: RegExp;
}
const faults: Said[] = [
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityName', claim: 'email' },
    says: /\.claim must not be an e-mail address: use emailMatchingUserEntityProfileEmail/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityAnnotation', claim: 'aud', annotation: 'acme.org/aud' },
    says: /\.claim must be a claim that tells one person from another/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'oidcLdapUuidMatchingAnnotation', ldapUuidKey: 'email' },
    says: /e-mail address/,
  },
  { type: 'oidc', entry: { resolver: 'claimMatchingUserEntityName' }, says: /\.claim is missing/ },
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityAnnotation', claim: 'oid' },
    says: /\.annotation is missing/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityAnnotation', claim: 'oid', annotation: 'no annotation' },
    says: /\.annotation must be the name of an annotation/,
  },
  {
    type: 'github',
    entry: { resolver: 'claimMatchingUserEntityName', claim: 'company' },
    says: /names 'claimMatchingUserEntityName', which reads the claim 'company': '[\w-]+' does not tell it\. It tells id, node_id, login\./,
  },
  {
    type: 'github',
    entry: { resolver: 'oidcSubClaimMatchingKeycloakUserId' },
    says: /names 'oidcSubClaimMatchingKeycloakUserId', which reads the claim 'sub'/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'usernameMatchingUserEntityName' },
    says: /no sign-in resolver of .*Use claimMatchingUserEntityName \{ claim: preferred_username \}/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'userIdMatchingUserEntityAnnotation' },
    says: /claim: oid, annotation: graph\.microsoft\.com\/user-id/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'oauth2ProxyUserHeaderMatchingUserEntityName' },
    says: /reads a header of a proxy/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityNam', claim: 'oid' },
    says: /Did you mean 'claimMatchingUserEntityName'\?/,
  },
];
const warnings: Said[] = [
  {
    type: 'oidc',
    entry: { resolver: 'claimMatchingUserEntityName', claim: 'preferred_username' },
    says: /resolvers\[0\]: at many providers people can change their claim 'preferred_username'/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'oidcSubClaimMatchingKeycloakUserId' },
    says: /is read as claimMatchingUserEntityAnnotation \{ claim: sub, annotation: keycloak\.org\/id \}/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'oidcLdapUuidMatchingAnnotation', ldapUuidKey: 'uuid' },
    says: /is read as claimMatchingUserEntityAnnotation \{ claim: uuid, annotation: backstage\.io\/ldap-uuid \}/,
  },
  {
    type: 'oidc',
    entry: { resolver: 'preferredUsernameMatchingUserEntityName' },
    says: /is read as claimMatchingUserEntityName \{ claim: preferred_username \}; at many providers/,
  },
];
const quiet: JsonObject[] = [
  { resolver: 'claimMatchingUserEntityAnnotation', claim: 'oid', annotation: 'acme.org/oid' },
  { resolver: 'claimMatchingUserEntityAnnotation', claim: 'sub', annotation: 'acme.org/sub' },
];

const logs: string[] = [];
let portal: Awaited<ReturnType<typeof startTestBackend>>;
beforeAll(async () => {
  const all = [...faults, ...warnings, ...quiet.map((entry) => ({ type: 'oidc', entry }))];
  portal = await startTestBackend({
    log: (line) => void logs.push(line),
    features: [
      authPlugin,
      githubModule,
      guestModule,
      oidcModule,
      createServiceFactory({
        service: catalogServiceRef,
        deps: {},
        factory: () => createInMemoryCatalog([user('jane', 'jane@example.com')]),
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
        providers: {
          guest: {},
          ...Object.fromEntries(
            all.map(({ type, entry }, index): [string, JsonObject] => [
              `said-${index}`,
              {
                type,
                development: {
                  clientId: 'vestibule',
                  clientSecret: 'a-client-secret-for-tests',
                  ...(type === 'oidc' && { metadataUrl: 'https://idp.example.com' }),
                  signIn: { resolvers: [entry] },
                },
              },
            ]),
          ),
        },
      },
    },
  });
});
afterAll(async () => portal?.stop());

/** The lines of the log that name a provider. */
const linesOf = (index: number) => logs.filter((line) => new RegExp(`said-${index}\\b`).test(line));

const named = (all: readonly Said[], offset: number) =>
  all.map(({ type, entry, says }, index) => [type, JSON.stringify(entry), offset + index, says] as const);

describe('a resolver that cannot be', () => {
  it.each(named(faults, 0))('at %s: %s disables the provider and is explained', (_, __, index, says) => {
    const disabled = linesOf(index).filter((line) => line.includes('is disabled'));
    expect(disabled).toHaveLength(1);
    expect(disabled[0]).toMatch(says);
    expect(disabled[0]).toContain(`auth.providers.said-${index}.development.signIn.resolvers[0]`);
  });
});

describe('a resolver that is more or less than it seems', () => {
  it.each(named(warnings, faults.length))('at %s: %s is told of once', (_, __, index, says) => {
    expect(linesOf(index).filter((line) => says.test(line))).toHaveLength(1);
    expect(linesOf(index).filter((line) => line.includes('is disabled'))).toEqual([]);
  });

  it('is not told of where it is what it seems', () => {
    quiet.forEach((_, index) => {
      const lines = linesOf(faults.length + warnings.length + index);
      expect(lines.filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
    });
  });
});
