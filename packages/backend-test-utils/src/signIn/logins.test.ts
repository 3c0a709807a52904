/* A login of the test kit looks as one that really came about. GitHub's and Google's are held to their type. */
import { expect, it } from '@jest/globals';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { oidcProviderFactory } from '@vestibule/plugin-auth-backend-module-oidc-provider';
import { configure } from '../authProvider/providerUnderTest.ts';
import { startScriptedOpenIdProvider } from '../scriptedOpenIdProvider.ts';
import { github, google, oidc } from './logins.ts';

it('oidc() has the members that a login with OpenID Connect has', async () => {
  await using idp = await startScriptedOpenIdProvider();
  const http = createOutboundHttp();
  const { metadataUrl, clientId, clientSecret = '' } = idp;
  const config = { metadataUrl, clientId, clientSecret };
  const { provider, reachCallback } = configure({ factory: oidcProviderFactory, config }, http);
  const { subject, profile, result } = await provider.exchange(await reachCallback());
  await http.close();
  const login = oidc();
  expect({ subject: login.subject, profile: login.profile }).toEqual({ subject, profile });
  expect(typesIn(login.result)).toEqual(typesIn(result));
});

it('everything in a login can be said', () => {
  expect(
    github({ login: 'sam', id: 7, nodeId: 'MDQ=', name: 'Sam', email: null, teams: ['a/b'] }),
  ).toMatchObject({
    subject: '7',
    issuer: 'https://github.com',
    profile: { displayName: 'Sam' },
    result: {
      fullProfile: { id: '7', username: 'sam', _json: { node_id: 'MDQ=', login: 'sam' } },
    },
    evidence: { githubTeams: ['a/b'] },
  });
  expect(
    google({ sub: '1', email: 'sam@acme.example', hd: 'acme.example', claims: { locale: 'en' } }),
  ).toMatchObject({
    subject: '1',
    profile: { email: 'sam@acme.example' },
    result: { fullProfile: { _json: { hd: 'acme.example', locale: 'en' } } },
    evidence: { hostedDomains: ['acme.example'] },
  });
  expect(google({ emailVerified: false })).toMatchObject({ emailOmitted: 'ERR_EMAIL_NOT_VERIFIED' });
  expect(
    oidc({ claims: { sub: 's', groups: ['it'], email_verified: 'true' }, trustUnverifiedEmail: true }),
  ).toMatchObject({
    subject: 's',
    profile: { email: 'jane@example.com' },
    evidence: { users: ['s'], groups: ['it'] },
  });
});

/** The same tree with types for values. */
function typesIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, typesIn(member)]));
}
