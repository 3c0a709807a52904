/** What hides secrets hides them wherever they stand for themselves, and leaves what only looks like them. */
import { describe, expect, it } from '@jest/globals';
import { createSecretHider } from './hideSecrets.ts';

const config = {
  backend: { baseUrl: 'http://localhost:7007', listen: { port: 7007 } },
  auth: {
    environment: 'staging',
    providers: { keycloak: { type: 'oidc', production: { clientId: 'portal' } } },
  },
};

const hide = (secret: string, text: string) => createSecretHider({ secrets: [secret], config })(text);

describe('a secret of random characters', () => {
  const secret = 'k2Jm-client-secret-7Qx';
  it.each([
    `it was ${secret}`,
    `x${secret}y`,
    `auth.${secret}.clientId`,
    `https://${secret}.acme.example/`,
    `postgres://jane:${secret}@db.acme.example/auth`,
    `@acme/${secret}`,
  ])('is hidden wherever it stands: %s', (text) => {
    expect(hide(secret, text)).toBe(text.replace(secret, '(redacted)'));
  });
});

describe('a secret that is a plain word or a number', () => {
  it.each([
    ['swordfish', 'connecting with swordfish'],
    ['swordfish', '\'swordfish\', or "swordfish"'],
    ['swordfish', 'password=swordfish;x'],
    ['swordfish', 'postgres://jane:swordfish@db.acme.example/auth'],
    ['swordfish', 'https://swordfish@db.acme.example/auth'],
    ['swordfish', 'https://hooks.acme.example/swordfish?x=swordfish'],
    ['swordfish', 'swordfish'],
    ['acme.example', 'the word acme.example, alone'],
    ['7007', 'the pin 7007'],
  ])('%s is hidden where it stands for itself: %s', (secret, text) => {
    expect(hide(secret, text)).not.toMatch(new RegExp(`(?<![\\w-])${secret}(?![\\w-])`));
  });

  it.each([
    ['clientId', 'auth.providers.keycloak.production.clientId is missing (app-config.yaml:12:4)'],
    ['secret', 'backend.auth.keys[0].secret is weak, auth.session.secret["x.y"].a too'],
    ['production', 'app-config.production.yaml:7:3'],
    ['backstage', "backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'))"],
    ['provider', 'plugin-auth-backend-module-gitlab-provider'],
    ['gitlab', '@backstage/plugin-auth-backend-module-gitlab-provider'],
    ['acme', 'https://sso.acme.example/realms and db.acme.example:5432'],
    ['acme.example', 'Listening on https://acme.example:7007/'],
    ['localhost', 'Listening on http://localhost:7007'],
    ['7007', 'Listening on http://127.0.0.1:7007, app-config.yaml:7007:3, db.acme.example:7007'],
    ['auth', 'authentication of the author'],
    ['7', 'line 7'],
  ])('%s is not hidden where it is a part of a key, a name or an address: %s', (secret, text) => {
    expect(hide(secret, text)).toBe(text);
  });

  it.each([
    ['keycloak', 'sign-in provider keycloak (production): resolvers: a'],
    ['production', 'sign-in provider keycloak (production): resolvers: a'],
    ['staging', "auth.environment is 'staging'"],
    ['oidc', 'type: oidc'],
  ])('%s is not hidden at all where it is a key of the config or an id: %s', (secret, text) => {
    expect(hide(secret, text)).toBe(text);
  });
});

describe('a secret that everybody writes as a placeholder', () => {
  it.each([
    ['secret', 'Set the secret that the provider gave out.'],
    ['provider', 'Set the secret that the provider gave out.'],
    ['resolver', 'no sign-in resolver'],
    ['sign', 'nobody can sign in: no sign-in provider can be used'],
    ['module', 'Add the module, or rename the block: module'],
    ['config', 'The config has a fault.'],
    ['token', 'a token of https://token.acme.example/token'],
  ])('%s stays readable in prose: %s', (secret, text) => {
    expect(hide(secret, text)).toBe(text);
  });

  it.each([
    ['secret', 'secret'],
    ['secret', 'auth.providers.google.clientSecret: secret'],
    ['provider', 'PASSWORD=provider;x'],
    ['resolver', '{"clientSecret":"resolver","x":1}'],
    ['resolver', "token = 'resolver'"],
    ['changeme', 'postgres://jane:changeme@db.acme.example/auth'],
    ['changeme', 'Authorization: Bearer changeme'],
  ])('%s is hidden where it is a credential: %s', (secret, text) => {
    const at = text.lastIndexOf(secret);
    expect(hide(secret, text)).toBe(`${text.slice(0, at)}(redacted)${text.slice(at + secret.length)}`);
  });
});

it('takes no time for long texts', () => {
  const begun = process.cpuUsage();
  for (const part of ['a.', '://', 'a@', '@a/', 'swordfish', '://swordfish@', '[x]', 'key:', '://:']) {
    hide('swordfish', part.repeat(20_000));
    hide('changeme', part.repeat(20_000));
    hide('changeme', `${part}changeme`.repeat(10_000));
  }
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
});
