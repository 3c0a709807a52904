/** `vestibule migrate` as people run it, on configs with what the report is about. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { main } from '../main.ts';
import type { Finding, MigrationReport } from './report.ts';

const before = process.cwd();
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-migrate-'));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});
afterEach(() => {
  process.exitCode = undefined;
});

async function run(...args: string[]) {
  const [out, err] = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockReturnValue(true),
  );
  const written = (spy: typeof out) => spy?.mock.calls.map(([chunk]) => String(chunk)).join('') ?? '';
  try {
    await main(['migrate', ...args]);
    return { code: process.exitCode ?? 0, stdout: written(out), stderr: written(err) };
  } finally {
    out?.mockRestore();
    err?.mockRestore();
  }
}

async function reportOn(text: string): Promise<{ code: unknown; report: MigrationReport }> {
  await writeFile('app-config.yaml', text);
  const { code, stdout } = await run('app-config.yaml', '--json');
  return { code, report: JSON.parse(stdout) as MigrationReport };
}

/** `key line` of each finding. */
const places = (findings: readonly Omit<Finding, 'message'>[]) =>
  findings.map(({ key, location }) => `${key.replace('auth.providers.', '')} ${location?.line ?? '?'}`);

const oauth = (providerId: string, ...lines: string[]) =>
  [
    'auth:',
    '  providers:',
    `    ${providerId}:`,
    '      development:',
    '        clientId: ${CLIENT_ID}',
    '        clientSecret: ${CLIENT_SECRET}',
    ...lines.map((line) => `        ${line}`),
  ].join('\n');
const resolver = (name: string, options = '') =>
  `signIn: { resolvers: [{ resolver: ${name}${options === '' ? '' : `, ${options}`} }] }`;

describe('vestibule migrate', () => {
  it('passes a config that starts here unchanged, with each key and its place, and writes nothing', async () => {
    const { code, report } = await reportOn(oauth('github', resolver('usernameMatchingUserEntityName')));
    expect(code).toBe(0);
    expect(report).toMatchObject({ startsUnchanged: true, mustChange: [], withoutEffect: [] });
    expect(places(report.carriesOver)).toEqual([
      'github.development.clientId 5',
      'github.development.clientSecret 6',
      'github.development.signIn.resolvers[0].resolver 7',
    ]);
    expect(report.modules).toEqual([
      {
        package: '@vestibule/plugin-auth-backend-module-github-provider',
        providers: ['github'],
        isIncluded: true,
      },
    ]);
    expect(await readdir(directory)).toEqual(['app-config.yaml']);
  });

  it('names what a start would refuse, as a start does, with the nearest name', async () => {
    const { code, report } = await reportOn(
      oauth('github', 'enterpriseInstanceURL: https://github.acme.example', resolver('usernameMatching')),
    );
    expect(code).toBe(1);
    expect(report.mustChange).toEqual([
      expect.objectContaining({
        key: 'auth.providers.github.development.enterpriseInstanceURL',
        location: { file: 'app-config.yaml', line: 7, column: 9 },
        nextStep: "Did you mean 'enterpriseInstanceUrl'?",
      }),
      expect.objectContaining({
        key: 'auth.providers.github.development.signIn.resolvers[0].resolver',
        location: { file: 'app-config.yaml', line: 8, column: 43 },
        nextStep: expect.stringContaining('usernameMatchingUserEntityName'),
      }),
    ]);
    const text = (await run('app-config.yaml')).stdout;
    expect(text).toContain('app-config.yaml: 2 things must change');
    expect(text).toContain('(app-config.yaml:7:9)');
  });

  it('needs no variable of the environment, names each, and takes the default of one that has it', async () => {
    const { code, report } = await reportOn(`
app: { baseUrl: '\${APP_URL:-https://portal.acme.example}' }
backend:
  listen: { port: '\${PORT}' }
  database: { client: pg, connection: { host: { $env: PGHOST }, port: '\${PGPORT}' } }
auth:
  session: { secret: 'a-\${SECRET}-z' }
`);
    expect(code).toBe(0);
    expect(report.environment.map(({ name, keys }) => `${name} ${keys.join()}`)).toEqual([
      'PORT backend.listen.port',
      'PGHOST backend.database.connection.host',
      'PGPORT backend.database.connection.port',
      'SECRET auth.session.secret',
    ]);
  });

  it.each([
    ['the environment', oauth('github', 'callbackUrl: ${CALLBACK}'), { CLIENT_SECRET: 'hunter-2-hunter-2' }],
    [
      'the file',
      'auth:\n  session: { secret: hunter-2-hunter-2, x: hunter-2-hunter-2 }\n  environment: [hunter-2-hunter-2]',
      {},
    ],
  ])('prints no secret of %s', async (_, text, environment) => {
    Object.assign(process.env, environment);
    try {
      await writeFile('app-config.yaml', text);
      const printed = [await run('app-config.yaml'), await run('app-config.yaml', '--json')];
      expect(printed.map(({ stdout }) => stdout.length > 100)).toEqual([true, true]);
      expect(JSON.stringify(printed)).not.toContain('hunter-2');
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  });

  it.each<[string, string, string, RegExp]>([
    [
      'allowedDomains that nothing enforces',
      oauth('google', resolver('emailMatchingUserEntityProfileEmail', 'allowedDomains: [acme.example]')),
      'google.development.signIn.resolvers[0].allowedDomains 7',
      /not enforced there/,
    ],
    [
      'domains with capitals',
      oauth('okta', resolver('emailLocalPartMatchingUserEntityName', 'allowedDomains: [Acme.example]')),
      'okta.development.signIn.resolvers[0].allowedDomains 7',
      /letter by letter/,
    ],
    [
      'a name from any domain',
      oauth('gitlab', resolver('emailLocalPartMatchingUserEntityName')),
      'gitlab.development.signIn.resolvers[0] 7',
      /whatever the domain/,
    ],
    [
      'a fallback that hides the resolvers after it',
      oauth(
        'google',
        'signIn:',
        '  resolvers:',
        '    - { resolver: emailMatchingUserEntityProfileEmail, dangerouslyAllowSignInWithoutUserInCatalog: true }',
        '    - resolver: emailMatchingUserEntityAnnotation',
      ),
      'google.development.signIn.resolvers[0].dangerouslyAllowSignInWithoutUserInCatalog 9',
      /the resolvers after it never run/,
    ],
    [
      'a key that only the schema knows',
      oauth('atlassian', 'audience: https://acme.example'),
      'atlassian.development.audience 7',
      /no code reads it/,
    ],
    [
      'a key that a module of Backstage ignores',
      oauth('microsoft', 'tenantId: t', 'domianHint: acme.example'),
      'microsoft.development.domianHint 8',
      /ignores it/,
    ],
    [
      'a proxy that is believed',
      'auth:\n  providers:\n    oauth2Proxy: {}',
      'oauth2Proxy 3',
      /past the proxy/,
    ],
    ['guests outside of development', 'auth:\n  providers:\n    guest: {}', 'guest 3', /403/],
    [
      'guests everywhere',
      'auth:\n  providers:\n    guest:\n      dangerouslyAllowOutsideDevelopment: true',
      'guest.dangerouslyAllowOutsideDevelopment 4',
      /everybody/,
    ],
    [
      'a missing session secret',
      oauth('oidc', 'metadataUrl: https://login.acme.example'),
      'auth.session.secret 1',
      /oidc answers 500/,
    ],
    ['a block without sign-in', oauth('google'), 'google.development 4', /nobody signs in with it/],
    [
      'a provider that is none',
      'auth:\n  providers:\n    gitlba: {}',
      'gitlba 3',
      /no module provides 'gitlba'/,
    ],
    [
      'a lifetime out of bounds',
      'auth:\n  backstageTokenExpiration: 2 minutes',
      'auth.backstageTokenExpiration 2',
      /the nearest of them counts/,
    ],
    [
      'origins that are all origins',
      "auth:\n  experimentalExtraAllowedOrigins: ['*']",
      'auth.experimentalExtraAllowedOrigins[0] 2',
      /every origin/,
    ],
    [
      'static keys that nobody asks for',
      'auth:\n  keyStore:\n    static: { keys: [{ keyId: a, publicKeyFile: p, privateKeyFile: k }] }',
      'auth.keyStore.static 3',
      /has no effect/,
    ],
    [
      'clients that anybody registers',
      'auth:\n  experimentalDynamicClientRegistration: { enabled: true }',
      'auth.experimentalDynamicClientRegistration 2',
      /anybody.*deprecated/,
    ],
    [
      'metadata documents under two names',
      'auth:\n  clientIdMetadataDocuments: {}\n  experimentalClientIdMetadataDocuments: { enabled: true }',
      'auth.experimentalClientIdMetadataDocuments 3',
      /no effect beside/,
    ],
    [
      'clients at any address',
      "auth:\n  clientIdMetadataDocuments: { enabled: true, allowedClientIdPatterns: ['*'] }",
      'auth.clientIdMetadataDocuments.allowedClientIdPatterns 2',
      /any address/,
    ],
    [
      'refresh tokens for nobody',
      'auth:\n  experimentalRefreshToken: { enabled: true }',
      'auth.experimentalRefreshToken 2',
      /no client/,
    ],
    [
      'refresh tokens of people who left',
      'auth:\n  clientIdMetadataDocuments: { enabled: true }\n  experimentalRefreshToken:\n    enabled: true\n    dangerouslyDisableCatalogPresenceCheck: true',
      'auth.experimentalRefreshToken.dangerouslyDisableCatalogPresenceCheck 5',
      /left the catalog/,
    ],
    ['keys in memory', 'auth:\n  keyStore: { provider: memory }', 'auth.keyStore.provider 2', /dies/],
  ])('points out %s', async (_, text, place, says) => {
    const { report } = await reportOn(text);
    const found = report.doesLessThanItSeems.find((one) => places([one])[0] === place);
    expect(found?.message ?? places(report.doesLessThanItSeems)).toMatch(says);
    expect(found?.nextStep).toMatch(/[.?)]$/);
  });

  it.each<[string, string, RegExp]>([
    ['the prompt of oidc', oauth('oidc', 'metadataUrl: https://login.acme.example'), /no prompt is sent/],
    [
      'sub-addresses',
      oauth('google', resolver('emailMatchingUserEntityProfileEmail')),
      /jane\+news@… is not jane@…/,
    ],
    [
      'the e-mail of GitHub',
      oauth('github', resolver('emailMatchingUserEntityProfileEmail')),
      /the provider vouches for it/,
    ],
    ['sessions over 400 days', oauth('google', 'sessionDuration: { years: 2 }'), /cut to 400 days/],
    ['the cookie', oauth('google'), /opaque session token/],
    ['PKCE', 'auth:\n  clientIdMetadataDocuments: { enabled: true }', /S256 only/],
    [
      'secrets of clients',
      'auth:\n  experimentalDynamicClientRegistration: { enabled: true }',
      /has to prove it/,
    ],
    [
      'requests of clients that the config names',
      'auth:\n  staticClients: [{ clientId: notes, redirectUris: ["https://notes.acme.example/cb"] }]',
      /tables of our own/,
    ],
    [
      'families of refresh tokens',
      'auth:\n  clientIdMetadataDocuments: { enabled: true }\n  experimentalRefreshToken: { enabled: true }',
      /each approval gives tokens of its own/,
    ],
  ])('tells what differs on purpose: %s', async (_, text, says) => {
    const { report } = await reportOn(text);
    expect(report.differsOnPurpose.map(({ message }) => message).join('\n')).toMatch(says);
  });

  it('says nothing of differences that this config does not meet', async () => {
    const { report } = await reportOn(
      oauth('oidc', 'metadataUrl: https://login.acme.example', 'prompt: none', resolver('acme')),
    );
    expect(report.differsOnPurpose.map(({ key }) => key)).toEqual(['auth.providers', 'auth']);
  });

  it.each([
    ['backend.database.connection.type', '{ client: pg, connection: { type: cloudsql, instance: "p:r:i" } }'],
    [
      'backend.database.plugin.auth.connection.type',
      '{ client: pg, connection: { host: db, type: default }, plugin: { auth: { connection: { type: rds } } } }',
    ],
  ])('refuses the kinds of connection that are not offered: %s', async (key, database) => {
    const { code, report } = await reportOn(`backend: { database: ${database} }`);
    expect(code).toBe(1);
    expect(report.mustChange).toEqual([
      expect.objectContaining({ key, message: expect.stringContaining('no other kind of connection') }),
    ]);
    expect(report.mustChange[0]?.message).toContain('set host, port, user and password');
  });

  it('leaves a kind of connection to the variable that gives it', async () => {
    const { report } = await reportOn(
      'backend: { database: { client: pg, connection: { host: db, type: "${KIND}" } } }',
    );
    expect(report.mustChange).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['no block at all', 'auth: {}', /^nobody can sign in: no provider stands under auth\.providers$/],
    ['blocks that are empty', 'auth: { providers: { guest: } }', /no provider stands under/],
    [
      'blocks of other environments',
      oauth('google', resolver('emailMatchingUserEntityProfileEmail')).replace(
        'auth:',
        'auth:\n  environment: test',
      ),
      /^nobody can sign in: auth\.environment is 'test', .*, only development$/,
    ],
    ['no resolver', oauth('github'), /^nobody can sign in: no provider has a sign-in resolver, and github/],
  ])('says as a start does that nobody can sign in: %s', async (_, text, says) => {
    const { code, report } = await reportOn(text);
    expect(code).toBe(0);
    expect(report.foreign).toEqual([]);
    const said = report.doesLessThanItSeems.filter(({ message }) => message.includes('nobody can sign in'));
    expect(said.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
  });

  it('says nothing of who can sign in where only a variable tells the environment', async () => {
    const { report } = await reportOn(
      oauth('google', resolver('emailMatchingUserEntityProfileEmail')).replace(
        'auth:',
        'auth:\n  environment: ${ENVIRONMENT}',
      ),
    );
    expect(JSON.stringify(report)).not.toContain('nobody can sign in');
  });

  it.each([
    ['app.baseURL', 'app: { baseURL: https://portal.acme.example, title: T }'],
    [
      'app.base_url',
      'app: { base_url: https://portal.acme.example, branding: {}, analytics: {}, support: {} }',
    ],
  ])('refuses %s, which is one of ours misspelt among the keys of others', async (key, text) => {
    const { code, report } = await reportOn(text);
    expect(code).toBe(1);
    expect(report.mustChange.map((one) => [one.key, one.nextStep])).toEqual([
      [key, "Did you mean 'baseUrl'?"],
    ]);
    expect(report.foreign).toEqual([]);
  });

  it("knows Backstage's modules: their packages, the keys they require, their resolvers", async () => {
    const { code, report } = await reportOn(oauth('microsoft', 'tenant: t', resolver('usernameMatching')));
    expect(code).toBe(1);
    expect(report.modules).toEqual([
      {
        package: '@backstage/plugin-auth-backend-module-microsoft-provider',
        providers: ['microsoft'],
        isIncluded: false,
      },
    ]);
    expect(report.mustChange.map(({ key, nextStep }) => [key, nextStep])).toEqual([
      ['auth.providers', 'Add the module of one of them, or a provider that is installed.'],
      ['auth.providers.microsoft.development.tenantId', "Is 'tenant' meant for it?"],
      [
        'auth.providers.microsoft.development.signIn.resolvers[0].resolver',
        expect.stringContaining('There are: emailMatchingUserEntityAnnotation'),
      ],
    ]);
  });

  it('lists keys without effect, firestore among them, and counts them for no fault', async () => {
    const { code, report } = await reportOn(
      'auth:\n  autologout: { enabled: true }\n  keyStore: { provider: firestore, firestore: { projectId: p } }\nbackend:\n  reading: {}\n',
    );
    expect(code).toBe(0);
    expect(places(report.withoutEffect).sort()).toEqual([
      'auth.autologout 2',
      'auth.keyStore 3',
      'backend.reading 5',
    ]);
    expect(report.carriesOver).toEqual([]);
  });

  it('lists an embedded PostgreSQL as without effect, and as a fault of a config for production', async () => {
    const database =
      'backend:\n  baseUrl: http://localhost:7007\n  database: { client: embedded-postgres }\n';
    const { code, report } = await reportOn(database);
    expect(code).toBe(0);
    expect(places(report.withoutEffect)).toEqual(['backend.database.client 3']);
    const inProduction = await reportOn(`${database}auth: { environment: production }\n`);
    expect(inProduction.code).toBe(1);
    expect(places(inProduction.report.mustChange)).toEqual(['backend.database 3']);
  });

  it('lists a target of discovery.endpoints that a start would refuse', async () => {
    const { code, report } = await reportOn(
      'discovery:\n  endpoints:\n    - { target: "http+srv://svc.internal/api", plugins: [catalog] }\n    - { target: { internal: "http+srv://svc.internal/api" }, plugins: [search] }\n',
    );
    expect(code).toBe(1);
    expect(places(report.mustChange)).toEqual(['discovery.endpoints[0].target 3']);
  });

  it('opens no file that $file names, lists each with what it gives, and says which are not there', async () => {
    await writeFile('secret.txt', 'hunter-2-hunter-2');
    const { code, report } = await reportOn(
      'backend:\n  listen: { port: { $file: /run/port } }\nauth:\n  session: { secret: { $file: secret.txt } }\n',
    );
    await rm('secret.txt');
    expect(code).toBe(1);
    expect(report.mustChange).toEqual([
      {
        key: 'backend.listen.port',
        message: 'the file /run/port does not exist',
        location: { file: 'app-config.yaml', line: 2, column: 21 },
      },
    ]);
    expect(report.valueFiles).toEqual([
      { name: '/run/port', keys: ['backend.listen.port'] },
      { name: 'secret.txt', keys: ['auth.session.secret'] },
    ]);
    expect(JSON.stringify(report)).not.toContain('.invalid');
  });

  it('reports files that are missing beside all other faults, and what a variable in a name keeps unknown', async () => {
    await writeFile('more.yaml', 'auth: { enviroment: x }\nbackend: { listen: { port: x } }\n');
    await writeFile(
      'app-config.yaml',
      [
        'backend:',
        '  baseUrl: localhost 7007',
        '  database: { $include: database.yaml }',
        '  cors: { $include: "${STAGE}.yaml" }',
        'auth:',
        '  session: { secret: { $file: "${WHERE}/secret" } }',
        '  providers:',
        '    github:',
        '      development: { clientId: { $file: id.txt }, clientSecret: { $env: S }, allowd: {} }',
      ].join('\n'),
    );
    const { code, stdout } = await run('app-config.yaml', 'absent.yaml', 'more.yaml', '--json');
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as MigrationReport;
    expect(places(report.mustChange).sort()).toEqual([
      ' ?',
      'auth.enviroment 1',
      'backend.baseUrl 2',
      'backend.database 3',
      'backend.listen 2',
      'github.development.allowd 9',
      'github.development.clientId 9',
    ]);
    expect(places(report.notJudged)).toEqual(['backend.cors 4', 'auth.session.secret 6']);
    expect(report.environment.map(({ name }) => name)).toEqual(['S', 'STAGE', 'WHERE']);
  });

  it('takes the values of variables for unknown, and never the keys', async () => {
    const { code, report } = await reportOn(
      [
        'backend:',
        '  baseUrl: "http://${HOST}:${PORT}"',
        '  lissten: [ "${PEER_URL}" ]',
        '  trustProxy: ${TRUST}',
        '  listen: { host: "${HOST}", port: "${PORT}", prot: 7 }',
        '  https: ${HTTPS}',
        '  cors: { credentials: "${CORS}", maxAge: "${AGE}" }',
        '  lifecycle: { shutdownTimeout: "${SOON}" }',
        'auth:',
        '  backstageTokenExpiration: ${LIFETIME}',
        '  keyStore: { provider: "${STORE}" }',
        '  allow: { domains: [ "${DOMAIN}" ], githubTeams: [ "${TEAM}" ] }',
        '  providers: ${PROVIDERS}',
      ].join('\n'),
    );
    expect(code).toBe(1);
    expect(places(report.mustChange).sort()).toEqual([
      'auth.providers 13',
      'backend.lissten 3',
      'backend.listen.prot 5',
    ]);
    expect(places(report.notJudged)).toEqual(['auth.keyStore.provider 11']);
    expect(JSON.stringify(report)).not.toContain('.invalid');
  });

  it('lists the keys of others, which start only warns of, also with a variable below them', async () => {
    const { code, report } = await reportOn(
      'backend:\n  fetchApi:\n    forwardAuth: [ "${PEER_URL}" ]\nauth:\n  providers: { guest: {} }\n',
    );
    expect(code).toBe(0);
    expect(places(report.foreign)).toEqual(['backend.fetchApi 2']);
    expect(places(report.carriesOver)).toEqual(['guest 5']);
  });

  it('leaves a block unjudged whose type comes from the environment, and says so', async () => {
    const text = (type: string) =>
      `auth:\n  providers:\n    acme:\n      type: ${type}\n      development: { clientId: a, clientSecret: b, enterpriseInstanceURL: c }\n    a b: {}\n`;
    const known = await reportOn(text('github'));
    expect(places(known.report.mustChange)).toEqual([
      'acme.development.enterpriseInstanceURL 5',
      'auth.providers["a b"] 6',
    ]);
    const { report } = await reportOn(text('${TYPE}'));
    expect(places(report.mustChange)).toEqual(['auth.providers["a b"] 6']);
    expect(report.notJudged).toEqual([
      expect.objectContaining({
        key: 'auth.providers.acme.type',
        location: { file: 'app-config.yaml', line: 4, column: 7 },
      }),
    ]);
  });

  it('judges for production where the config says so, or the flag does', async () => {
    const text = 'backend: { baseUrl: http://portal.acme.example }\n';
    expect((await reportOn(text)).code).toBe(0);
    const flagged = await run('app-config.yaml', '--production', '--json');
    const said = await reportOn(`${text}auth: { environment: production }\n`);
    const keys = (report: MigrationReport) => report.mustChange.map(({ key }) => key).sort();
    expect(keys(JSON.parse(flagged.stdout) as MigrationReport)).toEqual(keys(said.report));
    expect(keys(said.report)).toEqual(['backend.baseUrl', 'backend.database']);
  });

  it('names the kinds of tokens that need a handler, which only code can add', async () => {
    const { report } = await reportOn(
      'backend:\n  auth:\n    externalAccess:\n' +
        '      - { type: acme, options: { issuer: x } }\n      - { type: "${TYPE}", options: {} }\n' +
        '      - { type: static, options: { token: a-long-enough-token, subject: ci } }\n',
    );
    expect(report.handlers).toEqual([{ name: 'acme', keys: ['backend.auth.externalAccess[0].type'] }]);
    expect((await run('app-config.yaml')).stdout).toContain(
      'any other refuses to start: 1\n  acme for backend.auth.externalAccess[0].type',
    );
  });

  it('says of the block of an unknown module only that it needs the module, whatever shape it has', async () => {
    const { report } = await reportOn(
      'auth:\n  session: { secret: s3cr3t-s3cr3t }\n  providers:\n' +
        '    acme: { signIn: { resolvers: [{ resolver: x }] } }\n    other: { development: { clientId: x } }\n',
    );
    expect(places(report.doesLessThanItSeems)).toEqual(['acme 4', 'other 5']);
  });

  it.each([
    ['auth: 5', ['auth 1']],
    ['auth: { session: [], keyStore: 4 }', ['auth.session 1', 'auth.keyStore 1']],
    ['auth: { providers: [a] }', ['auth.providers 1']],
    ['auth: { allow: 5, signIn: 4 }', ['auth.allow 1', 'auth.signIn 1']],
    ['backend: 7', ['backend 1']],
    ['backend: { auth: { externalAccess: 5 } }', ['backend.auth.externalAccess 1']],
    ['app: 5\ndiscovery: x', ['app 1', 'discovery 2']],
    ['app: { baseUrl: portal.acme.example }', ['app.baseUrl 1']],
    ['app: { baseUrl: [1] }', ['app.baseUrl 1']],
    ['fileCatalog: 5', ['fileCatalog 1']],
    ['fileCatalog: [x]', ['fileCatalog 1']],
  ])('names what has the wrong shape in %j, once', async (text, faults) => {
    const { code, report } = await reportOn(`${text}\n`);
    expect(code).toBe(1);
    expect(places(report.mustChange).sort()).toEqual([...faults].sort());
  });

  it('lays later files over earlier ones, and gives the place in the right one', async () => {
    await writeFile('app-config.yaml', oauth('github'));
    await writeFile(
      'over.yaml',
      'auth:\n  providers:\n    github:\n      development:\n        additionalScope: x\n',
    );
    const { code, stdout } = await run('app-config.yaml', '--config', 'over.yaml', '--json');
    expect(code).toBe(1);
    expect(places((JSON.parse(stdout) as MigrationReport).mustChange)).toEqual([
      'github.development.additionalScope 5',
    ]);
  });

  it.each([
    ['a file that is not there', undefined, 'the file missing.yaml does not exist'],
    ['a file that is no YAML', 'auth: {', 'is not valid YAML'],
  ])('reports %s', async (_, text, says) => {
    if (text !== undefined) await writeFile('broken.yaml', text);
    const { code, stdout } = await run(text === undefined ? 'missing.yaml' : 'broken.yaml');
    expect([code, stdout]).toEqual([1, expect.stringContaining(says)]);
  });

  it.each([
    [[], 'migrate needs a FILE'],
    [['--jsno', 'app-config.yaml'], "unknown option '--jsno'; did you mean '--json'?"],
  ])('refuses %j with 2', async (args, reason) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain("Try 'vestibule migrate --help'.");
  });
});

it('a block of an OpenID Provider under the id of another module is told how it is written, and not what that module asks for', async () => {
  const { code, report } = await reportOn(
    oauth('keycloak', 'metadataUrl: https://sso.acme.example/.well-known/openid-configuration'),
  );
  expect(code).toBe(1);
  expect(report.mustChange).toContainEqual(
    expect.objectContaining({
      key: 'auth.providers.keycloak.development',
      nextStep: "For an OpenID Provider, write 'type: oidc' at auth.providers.keycloak.",
    }),
  );
  expect(JSON.stringify(report.mustChange)).not.toContain('is required by the module');
});

it('what stops a start and disables a provider is said once', async () => {
  const block = oauth('google')
    .replace('${CLIENT_SECRET}', 'changeme')
    .replace('development:', 'production:');
  const { report } = await reportOn(`${block}\n  environment: production`);
  const secrets = report.mustChange.filter(
    ({ key }) => key === 'auth.providers.google.production.clientSecret',
  );
  expect(secrets).toHaveLength(1);
});
