import { expect, it } from '@jest/globals';
import { configProblemLine, type JsonObject } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { missingModule } from './missingModule.ts';

const installed = ['github', 'google', 'guest', 'oidc'];

function said(providerId: string, block: JsonObject = {}, type = providerId): string {
  const config = mockServices.rootConfig({ data: { auth: { providers: { [providerId]: block } } } });
  return configProblemLine(missingModule(config, { providerId, type, installed }));
}

it.each([
  ['gitlab', '@backstage/plugin-auth-backend-module-gitlab-provider'],
  ['awsalb', '@backstage/plugin-auth-backend-module-aws-alb-provider'],
  ['keycloak', '@backstage-community/plugin-auth-backend-module-keycloak-provider'],
])('of %s, which a package provides, names the package', (id, name) => {
  expect(said(id)).toBe(
    `auth.providers.${id} is configured, but no module provides '${id}'. Add one: backend.add(import('${name}'))`,
  );
});

it.each([
  ['azure', 'microsoft'],
  ['azureAD', 'microsoft'],
  ['oauth2-proxy', 'oauth2Proxy'],
  ['oauth2proxy', 'oauth2Proxy'],
  ['gcp-iap', 'gcpIap'],
  ['gcpiap', 'gcpIap'],
  ['google-iap', 'gcpIap'],
  ['aws-alb', 'awsalb'],
  ['easyauth', 'azureEasyAuth'],
  ['azure-easyauth', 'azureEasyAuth'],
  ['cfAccess', 'cfaccess'],
  ['cloudflare-access', 'cfaccess'],
  ['bitbucket-server', 'bitbucketServer'],
])('of %s, an id of earlier, names the one of today and its package', (id, today) => {
  expect(said(id, { clientId: 'x', metadataUrl: 'https://a.example' })).toMatch(
    new RegExp(
      `It is called '${today}' today: write '${today}'\\. Add one: backend\\.add\\(import\\('@backstage/`,
    ),
  );
});

it('of an id of earlier whose module is installed names the id alone, and a type as a type', () => {
  expect(said('openid-connect')).toMatch(/write 'oidc'$/);
  expect(said('staff', {}, 'openid-connect')).toMatch(/write 'type: oidc'$/);
});

it('of what Backstage has removed says so', () => {
  expect(said('saml')).toMatch(/Backstage offers 'saml' no more/);
});

it('of a misspelt id names the right one, with its package where it is not installed', () => {
  expect(said('gihtub')).toContain("Did you mean 'github'?");
  expect(said('gitlba')).toMatch(/Did you mean 'gitlab'\? Add one: backend\.add\(import\('@backstage\//);
});

it.each<[string, JsonObject]>([
  ['in an environment', { development: { metadataUrl: 'https://sso.acme.example', clientId: 'x' } }],
  ['directly', { metadataUrl: 'https://sso.acme.example' }],
])('of a block that has a metadataUrl %s says how an OpenID Provider is written', (_, block) => {
  expect(said('keycloak-oidc', block)).toContain("write 'type: oidc' in the block");
  expect(said('keycloak', block)).toContain(
    "write 'type: oidc' in the block, or add one: backend.add(import('@backstage-community/",
  );
});

it('of any other says that code provides it, and what is installed; with a clientId also how OpenID is written', () => {
  expect(said('acme')).toBe(
    "auth.providers.acme is configured, but no module provides 'acme'. It is provided by code of the installation, if at all. " +
      'Add the module that provides it with backend.add(…), or name a type that is installed: ' +
      "'type: github', 'type: google', 'type: guest', 'type: oidc'.",
  );
  expect(said('acme', { development: { clientId: 'x' } })).toMatch(
    /For an OpenID Provider, write 'type: oidc' in the block, and its metadataUrl\.$/,
  );
});
