import { describe, expect, it } from '@jest/globals';
import { checkConfig, formatConfigProblem, secretValues } from '@vestibule/backend-plugin-api';
import { createConfigReader } from '../config/configReader.ts';
import { treeOf } from '../config/configTree.ts';
import { parseYaml } from '../config/parseYaml.ts';
import { authServiceConfigSchema, readAuthServiceConfig } from './authConfig.ts';

const schemas = [{ schema: authServiceConfigSchema, owner: "service 'core.auth'" }];

/** The problems of a config whose `backend.auth` begins in line 3. */
function problemsOf(auth: string, isProduction = false): string[] {
  const text = `backend:\n  auth:\n${auth.replace(/^/gm, '    ')}`;
  const { tree, problems } = parseYaml(text, 'app-config.yaml');
  expect(problems).toEqual([]);
  const config = createConfigReader(tree ?? treeOf({}), 'app-config.yaml');
  return checkConfig({ config, schemas, isProduction }).problems.map(formatConfigProblem);
}

const good = `
externalAccess:
  - type: static
    options: { token: eZv5o+fW3KnR3kVabMW4ZcDNLPl8nmMW, subject: pipeline }
    accessRestrictions:
      - { plugin: catalog, permission: [catalog.entity.read], permissionAttribute: { action: 'read, update' } }
      - plugin: scaffolder
  - type: legacy
    options: { secret: 4hQ0mD8kUe2vYb1oXn5rTz7gWs9pJc3L, subject: legacy }
  - type: jwks
    options: { url: https://issuer.test/jwks, algorithm: RS256, issuer: https://issuer.test, audience: a b, subjectPrefix: ci }
keys:
  - secret: 4hQ0mD8kUe2vYb1oXn5rTz7gWs9pJc3L
pluginKeyStore:
  type: static
  static:
    keys:
      - { publicKeyFile: /run/a.pub, privateKeyFile: /run/a.key, keyId: a, algorithm: ES256 }
      - { publicKeyFile: /run/b.pub, keyId: b }
`;

it("takes Backstage's keys as they are", () => {
  expect(problemsOf(good, true)).toEqual([]);
  expect(problemsOf('pluginKeyStore: { type: database }')).toEqual([]);
});

const entry = (lines: string): string => `externalAccess:\n  - ${lines.replaceAll('\n', '\n    ')}`;
const staticEntry = (rest: string): string =>
  entry(`type: static\noptions: { token: eZv5o+fW3KnR3kVabMW4, subject: a }\n${rest}`);
const path = 'backend.auth.externalAccess[0]';

describe('is refused, with its place:', () => {
  it.each([
    [
      'an entry without a type',
      entry('options: { token: eZv5o+fW3KnR3kVabMW4, subject: a }'),
      `${path}.type is missing; it must be 'static', 'legacy', 'jwks' or the type of a handler (app-config.yaml:4:9)`,
    ],
    [
      'a type that is no text',
      entry('type: 5\noptions: { token: eZv5o+fW3KnR3kVabMW4, subject: a }'),
      `${path}.type must be 'static', 'legacy', 'jwks' or the type of a handler: 5 (app-config.yaml:4:15)`,
    ],
    [
      "a restriction of a handler's entry that names no plugin",
      entry('type: acme\noptions: {}\naccessRestrictions: [{ permission: catalog.entity.read }]'),
      `${path}.accessRestrictions[0].plugin is missing; it must be a string (app-config.yaml:6:30)`,
    ],
    [
      "a handler's entry without options",
      entry('type: acme'),
      `${path}.options is missing; it must be an object (app-config.yaml:4:9)`,
    ],
    [
      'a static token that is short',
      entry('type: static\noptions: { token: short, subject: a }'),
      `${path}.options.token must have at least 8 characters (app-config.yaml:5:27)`,
    ],
    [
      'a static token with a space',
      entry('type: static\noptions: { token: long enough token, subject: a }'),
      `${path}.options.token must be text without spaces (app-config.yaml:5:27)`,
    ],
    [
      'a caller without a subject',
      entry('type: static\noptions: { token: eZv5o+fW3KnR3kVabMW4 }'),
      `${path}.options.subject is missing; it must be a string (app-config.yaml:5:18)`,
    ],
    [
      'a restriction that names no plugin',
      staticEntry('accessRestrictions:\n  - permission: catalog.entity.read'),
      `${path}.accessRestrictions[0].plugin is missing; it must be a string (app-config.yaml:7:13)`,
    ],
    [
      'a list of restrictions without an entry',
      staticEntry('accessRestrictions: []'),
      `${path}.accessRestrictions must name a plugin; leave the key out for access to all of them (app-config.yaml:6:29)`,
    ],
    [
      'a plugin that is named twice',
      staticEntry('accessRestrictions: [{ plugin: a }, { plugin: a }]'),
      `${path}.accessRestrictions must name each plugin once (app-config.yaml:6:29)`,
    ],
    [
      'an empty list of permissions',
      staticEntry('accessRestrictions: [{ plugin: a, permission: [] }]'),
      `${path}.accessRestrictions[0].permission must have an entry; leave the key out for any (app-config.yaml:6:55)`,
    ],
    [
      'an action that does not exist',
      staticEntry('accessRestrictions: [{ plugin: a, permissionAttribute: { action: reed } }]'),
      `${path}.accessRestrictions[0].permissionAttribute.action must be one or several of create, read, update, delete: 'reed' (app-config.yaml:6:74)`,
    ],
    [
      'an attribute without an action',
      staticEntry('accessRestrictions: [{ plugin: a, permissionAttribute: {} }]'),
      `${path}.accessRestrictions[0].permissionAttribute.action is missing; it must be a string, or must be a list (app-config.yaml:6:64)`,
    ],
    [
      'restrictions in the wrong place',
      entry(
        'type: static\noptions: { token: eZv5o+fW3KnR3kVabMW4, subject: a, accessRestrictions: [{ plugin: a }] }',
      ),
      `${path}.options.accessRestrictions is not a known key (app-config.yaml:5:61)\n` +
        "  It is misplaced: 'accessRestrictions' belongs at backend.auth.externalAccess[].accessRestrictions or backend.auth.keys[].accessRestrictions.",
    ],
    [
      'the action of a restriction beside its place',
      staticEntry('accessRestrictions: [{ plugin: a, action: read }]'),
      `${path}.accessRestrictions[0].action is not a known key (app-config.yaml:6:43)\n` +
        "  It is misplaced: 'action' belongs at backend.auth.externalAccess[].accessRestrictions[].permissionAttribute.action.",
    ],
    [
      'a legacy secret that is not base64',
      entry('type: legacy\noptions: { secret: "not~base64!", subject: a }'),
      `${path}.options.secret must be base64 (app-config.yaml:5:28)`,
    ],
    [
      'a legacy secret of a few bytes',
      'keys:\n  - secret: Zm9v',
      'backend.auth.keys[0].secret must stand for at least 8 bytes, and better 32 (RFC 7518 section 3.2) (app-config.yaml:4:17)',
    ],
    [
      'a key set in the clear',
      entry('type: jwks\noptions: { url: http://issuer.test/jwks }'),
      `${path}.options.url must be an https URL; http is for loopback only: 'http://issuer.test/jwks' (app-config.yaml:5:25)`,
    ],
    [
      'an algorithm with a shared secret',
      entry('type: jwks\noptions: { url: https://issuer.test/jwks, algorithm: "RS256, HS256" }'),
      expect.stringContaining(`${path}.options.algorithm must be one or several of ES256`),
    ],
    [
      'a store of keys without one that signs',
      'pluginKeyStore:\n  type: static\n  static:\n    keys: [{ publicKeyFile: /run/a.pub, keyId: a }]',
      'backend.auth.pluginKeyStore.static.keys must have a privateKeyFile in the first key, which signs (app-config.yaml:6:15)',
    ],
  ])('%s', (_, auth, message) => {
    expect(problemsOf(auth)).toEqual([message]);
  });
});

describe('a key that nobody knows is refused, since the rule that it means would be dropped:', () => {
  const restricted = (rest: string): string =>
    staticEntry(`accessRestrictions:\n  - plugin: catalog\n    ${rest}`);
  const jwks = (rest: string): string =>
    entry(`type: jwks\noptions:\n  url: https://issuer.test/jwks\n  ${rest}`);
  const restriction = `${path}.accessRestrictions[0]`;
  it.each([
    ...['action', 'actions', 'attributes', 'methods', 'readOnly', 'policy'].map((key) => [
      `${restriction}.${key}`,
      restricted(`${key}: read`),
    ]),
    [
      `${restriction}.permissionAttribute.resourceType`,
      restricted('permissionAttribute: { action: read, resourceType: catalog-entity }'),
    ],
    ...['restrictions', 'restrictTo', 'permissions', 'plugins', 'allow'].flatMap((key) => [
      [`${path}.${key}`, staticEntry(`${key}: [{ plugin: catalog }]`)],
      [`${path}.${key}`, entry(`type: acme\noptions: {}\n${key}: [{ plugin: catalog }]`)],
      [`backend.auth.keys[0].${key}`, `keys:\n  - secret: 4hQ0mD8kUe2vYb1oXn5rTz7gWs9pJc3L\n    ${key}: []`],
    ]),
    ...['aud', 'iss', 'expectedAudience', 'allowedIssuer', 'audiences'].map((key) => [
      `${path}.options.${key}`,
      jwks(`${key}: portal`),
    ]),
    [
      `${path}.options.expires`,
      entry('type: legacy\noptions: { secret: 4hQ0mD8kUe2vYb1oXn5rTz7gWs9pJc3L, subject: a, expires: 1h }'),
    ],
  ])('%s', (key = '', auth = '') => {
    expect(problemsOf(auth)).toEqual([
      expect.stringContaining(`${key} is not a known key (app-config.yaml:`),
    ]);
    const { tree } = parseYaml(`backend:\n  auth:\n${auth.replace(/^/gm, '    ')}`, 'app-config.yaml');
    // Nor is it read where no check came first, as on a host of Backstage.
    expect(() => readAuthServiceConfig(createConfigReader(tree ?? treeOf({}), 'app-config.yaml'))).toThrow(
      'Unrecognized key',
    );
  });
});

it('leaves the options of a handler that was added to the handler, and the keys of others beside the lists', () => {
  expect(problemsOf(entry('type: acme\noptions: { audience: a, allow: [x], action: read }'))).toEqual([]);
  expect(problemsOf('options: { x: 1 }\nsubject: x\nplugin: y')).toEqual([]);
});

it('refuses in production what can be guessed, and says how to make better', () => {
  const auth = `${entry('type: static\noptions: { token: change-me-please-1, subject: a }')}\nkeys:\n  - secret: Zm9vYmFyYmF6`;
  expect(problemsOf(auth)).toEqual([]);
  const how = `\n  Make one with: node -p "crypto.randomBytes(32).toString('base64')"`;
  expect(problemsOf(auth, true)).toEqual([
    `backend.auth.keys[0].secret is a placeholder or has fewer than 16 characters (app-config.yaml:7:17)${how}`,
    `${path}.options.token is a placeholder or has fewer than 16 characters (app-config.yaml:5:27)${how}`,
  ]);
});

it.each(['changeme12345678', 'aaaaaaaaaaaaaaaa', 'secretsecretsecret', 'REPLACE_ME', 'qwertyuiop123456'])(
  'refuses the token %p and a secret that encodes it in production',
  (token) => {
    const secret = Buffer.from(token).toString('base64');
    const auth = `${entry(`type: static\noptions: { token: ${token}, subject: a }`)}\nkeys:\n  - secret: ${secret}`;
    expect(problemsOf(auth)).toEqual([]);
    const weak = expect.stringMatching(/^backend\.auth\.\S+ (?:is a placeholder|can be guessed)/);
    const problems = problemsOf(auth, true);
    expect(problems).toEqual([weak, weak]);
    for (const value of [token, secret]) expect(problems.join()).not.toContain(value);
  },
);

it('knows tokens and secrets for secrets, also where the rest is wrong', () => {
  const { tree } = parseYaml(
    `backend: { auth: { externalAccess: [{ type: static, options: { token: t-1234 } }, { type: legacy, options: { secret: s-1234 } }], keys: [{ secret: k-1234 }] } }`,
    'app-config.yaml',
  );
  const config = createConfigReader(tree ?? treeOf({}), 'app-config.yaml');
  expect([...secretValues({ config, schemas })].toSorted()).toEqual(['k-1234', 's-1234', 't-1234']);
  expect(() => readAuthServiceConfig(config)).toThrow('is missing');
});
