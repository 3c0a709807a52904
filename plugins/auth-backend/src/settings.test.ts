import { expect, it } from '@jest/globals';
import {
  ConfigError,
  type Config,
  type JsonObject,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { z } from 'zod';
import { checkHostConfig } from './settings.ts';
import { silentLogger } from './testing/silentLogger.ts';

/** As Backstage's: it cannot tell where anything stands, and nobody has checked it. */
function foreignConfig(data: JsonObject): Config {
  const config = mockServices.rootConfig({ data });
  return new Proxy(config, {
    has: (target, name) => name !== 'locate' && Reflect.has(target, name),
    get(target, name) {
      if (name === 'locate') return undefined;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

function check(config: Config, isProduction = false, moduleSchemas: readonly OwnedConfigSchema[] = []) {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  try {
    checkHostConfig({ config, logger, isProduction, moduleSchemas });
    return { problems: [], warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { problems: error.problems.map(({ path, suggestion }) => [path, suggestion]), warnings };
  }
}

it.each<[string, JsonObject, string, string]>([
  ['misspelt', { alow: { domains: ['acme.example'] } }, 'auth.alow', "Did you mean 'allow'?"],
  [
    'misspelt further in',
    { allow: { domain: ['acme.example'] } },
    'auth.allow.domain',
    "Did you mean 'domains'?",
  ],
])('refuses a key that is %s, where the host has checked nothing', (_, auth, path, suggestion) => {
  expect(check(foreignConfig({ auth }))).toEqual({ problems: [[path, suggestion]], warnings: [] });
});

it('names every problem at once', () => {
  const { problems } = check(foreignConfig({ auth: { alow: {}, session: { secret: 7 } } }));
  expect(problems.map(([path]) => path).sort()).toEqual(['auth.alow', 'auth.session.secret']);
});

it('refuses a key of ours at another level, and tells where it belongs', () => {
  expect(check(foreignConfig({ auth: { onMissing: 'deny' } }))).toEqual({
    problems: [['auth.onMissing', "It is misplaced: 'onMissing' belongs at auth.signIn.onMissing."]],
    warnings: [],
  });
});

it.each([
  ['emailDomains', ['acme.example'], 'auth.allow.domains'],
  ['permittedUsers', ['jane'], 'auth.allow.users'],
  ['requiredOrgs', ['acme'], 'auth.allow.githubOrganizations'],
  ['allowlist', { domains: ['acme.example'] }, 'auth.allow'],
  ['allowedTenants', ['acme'], 'auth.allow'],
])('refuses %s, which plainly means a gate, and tells which is ours', (key, value, place) => {
  expect(check(foreignConfig({ auth: { [key]: value } }))).toEqual({
    problems: [[`auth.${key}`, `Who may come in is said at ${place}.`]],
    warnings: [],
  });
});

it('warns of a key that is nothing of ours: it may be of another plugin', () => {
  const auth = { enableAuthProviders: ['github'], allowGuestAccess: true };
  const { problems, warnings } = check(foreignConfig({ auth }));
  expect(problems).toEqual([]);
  expect(warnings).toEqual([
    'auth.enableAuthProviders is no key of ours, and is left to whoever reads it',
    'auth.allowGuestAccess is no key of ours, and is left to whoever reads it',
  ]);
});

it("leaves the keys of other roots and Backstage's own under auth alone", () => {
  const auth = { environment: 'development', autologout: { enabled: true }, providers: { guest: {} } };
  const config = foreignConfig({ enableExperimentalRedirectFlow: true, acme: { key: 1 }, auth });
  expect(check(config)).toEqual({ problems: [], warnings: [] });
});

it('refuses in production what any host must not start with', () => {
  const auth = { session: { secret: 'short' }, providers: { guest: {} } };
  expect(check(foreignConfig({ auth }))).toEqual({ problems: [], warnings: [] });
  expect(check(foreignConfig({ auth }), true).problems).toEqual([['auth.session.secret', expect.anything()]]);
});

it('says nothing of a key that a module of our host may own', () => {
  const config = mockServices.rootConfig({ data: { auth: { acme: { key: 1 }, alow: {} } } });
  expect(check(config)).toEqual({ problems: [], warnings: [] });
});

it('tells which package reads a key of the OAuth server, where nothing does', () => {
  const auth = { staticClients: [] };
  expect(check(foreignConfig({ auth }))).toEqual({
    problems: [],
    warnings: [
      expect.stringContaining('auth.staticClients has no effect: nothing that is installed reads it'),
    ],
  });
});

it('checks the keys of a module with its schema, and then takes them for its own', () => {
  const schema = z.object({
    auth: z.object({ staticClients: z.array(z.strictObject({ clientId: z.string() })) }),
  });
  const modules = [{ schema, owner: "module 'oauth-server' of plugin 'auth'" }];
  const of = (client: JsonObject) => foreignConfig({ auth: { staticClients: [client] } });
  expect(check(of({ clientId: 'a' }), false, modules)).toEqual({ problems: [], warnings: [] });
  expect(check(of({ clientId: 'a', clientid: 'b' }), false, modules).problems).toEqual([
    ['auth.staticClients[0].clientid', "Did you mean 'clientId'?"],
  ]);
});
