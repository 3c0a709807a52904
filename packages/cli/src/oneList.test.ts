/** A config with many faults: all of them come in one list, from a start as from `vestibule migrate`, each with its place. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDefaultBackend } from '@vestibule/backend';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { judgeInstallation } from './migrate/judgeInstallation.ts';

/** A line of the config, and what takes its place where the fault is planted. */
interface Line {
  readonly good?: string;
  readonly bad?: string;
  /** The key that the fault is about. */
  readonly key?: string;
  /** Only whoever would start there can see it: it is about a file. */
  readonly isOnSite?: true;
}

const same = (good: string): Line => ({ good });
const planted = (key: string, bad: string, good?: string): Line => ({
  key,
  bad,
  ...(good !== undefined && { good }),
});
const ofFile = (key: string, bad: string): Line => ({ key, bad, isOnSite: true });

const lines: readonly Line[] = [
  same('app:'),
  planted('app.baseUrl', '  baseUrl: http://portal.example.com', '  baseUrl: https://portal.example.com'),
  same('backend:'),
  planted('backend.baseUrl', '  baseUrl: http://portal.example.com', '  baseUrl: https://portal.example.com'),
  planted('backend.listen', '  listen: { port: 70070 }', '  listen: 127.0.0.1:0'),
  planted('backend.lissten', '  lissten: 7007'),
  planted('backend.trustProxy', '  trustProxy: [next-door]'),
  ofFile('backend.https.certificate', '  https: { certificate: { cert: none, key: none } }'),
  planted('backend.startup.timeout', '  startup: { timeout: soon }'),
  planted(
    'backend.database',
    '  database: { client: better-sqlite3, connection: one.sqlite }',
    "  database: { client: better-sqlite3, connection: ':memory:' }",
  ),
  same('  auth:'),
  same('    externalAccess:'),
  same('      - { type: jwks, options: { url: https://ci.example.com/jwks } }'),
  planted(
    'backend.auth.externalAccess[1].options.token',
    '      - { type: static, options: { token: changeme, subject: ci } }',
    '      - { type: jwks, options: { url: https://ci.example.com/other } }',
  ),
  planted('backend.auth.externalAccess[2].type', '      - { type: statik, options: {} }'),
  same('auth:'),
  same('  environment: production'),
  planted('auth.session.secret', '  session: { secret: changeme }'),
  planted('auth.sesion', '  sesion: {}'),
  planted('auth.allow.domain', '  allow: { domain: [example.com] }'),
  planted(
    'auth.staticClients[0].clientSecret',
    "  staticClients: [{ clientId: notes, clientSecret: changeme, redirectUris: ['https://notes.example/cb'] }]",
  ),
  same('  keyStore:'),
  same('    provider: static'),
  same('    static:'),
  same('      keys:'),
  ofFile(
    'auth.keyStore.static.keys[0].publicKeyFile',
    '        - { keyId: a, publicKeyFile: no.pem, privateKeyFile: no.pem }',
  ),
  same('  providers:'),
  same('    github:'),
  same('      production:'),
  same('        clientId: portal'),
  planted(
    'auth.providers.github.production.clientSecret',
    '        clientSecret: changeme',
    '        clientSecret: 1f0b1c9ad0c94f2d',
  ),
  planted('auth.providers.github.production.callbackUrl', '        callbackUrl: here'),
  planted('auth.providers.github.production.enterpriseInstanceURL', '        enterpriseInstanceURL: x'),
  same('        signIn:'),
  same('          resolvers:'),
  planted(
    'auth.providers.github.production.signIn.resolvers[0].resolver',
    '            - resolver: usernameMatching',
    '            - resolver: usernameMatchingUserEntityName',
  ),
  planted(
    'auth.providers.github.production.allow.hostedDomains',
    '        allow: { hostedDomains: [a.example] }',
  ),
  same('    guest:'),
  same('      dangerouslyAllowOutsideDevelopment: true'),
  planted('auth.providers.guest.userEntityRef', "      userEntityRef: 'a b'"),
  planted('devIdp.enabled', 'devIdp: { enabled: true }'),
  ofFile('fileCatalog.path', 'fileCatalog: { path: no.yaml }'),
  planted('discovery.endpoints[0].target', "discovery: { endpoints: [{ target: nowhere, plugins: ['*'] }] }"),
];
const faults = lines.filter(({ bad }) => bad !== undefined);
// Without its faulty line, what a key store lists would be missing, which is another fault.
const ofKeyStore = lines.slice(
  lines.findIndex(({ good }) => good === '  keyStore:'),
  lines.findIndex(({ good }) => good === '  providers:'),
);

/** The text, and the line of each fault. */
function configWith(active: readonly Line[]): { text: string; placeOf(fault: Line): number } {
  const isWithKeys = active.some((line) => ofKeyStore.includes(line));
  const used = lines
    .filter((line) => isWithKeys || !ofKeyStore.includes(line))
    .flatMap((line) => {
      const text = active.includes(line) ? line.bad : line.good;
      return text === undefined ? [] : [{ line, text }];
    });
  return {
    text: `${used.map(({ text }) => text).join('\n')}\n`,
    placeOf: (fault) => used.findIndex(({ line }) => line === fault) + 1,
  };
}

const before = process.cwd();
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-one-list-'));
  process.chdir(directory);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

async function judge(active: readonly Line[], features: Parameters<typeof addTo>[1] = []) {
  const { text, placeOf } = configWith(active);
  await writeFile('app-config.yaml', text);
  const backend = addTo(createDefaultBackend({ configFiles: ['app-config.yaml'] }), features);
  const { problems, disabled } = await backend.judge({ isOnSite: true });
  const found = [...problems, ...disabled.flatMap((part) => part.problems)];
  return { placeOf, found: found.map(({ path = '', location }) => `${path} ${location?.line ?? '?'}`) };
}

/** What the command prints of a start. */
async function refusalOf(backend: ReturnType<typeof createDefaultBackend>): Promise<string> {
  return backend.start().then(
    () => '',
    ({ message }: Error) => message,
  );
}

function addTo(
  backend: ReturnType<typeof createDefaultBackend>,
  features: readonly Parameters<(typeof backend)['add']>[0][],
) {
  for (const feature of features) backend.add(feature);
  return backend;
}

describe('a config with many faults', () => {
  it.each(faults.map((fault) => [fault.key ?? '', fault] as const))(
    'has each by itself: %s',
    async (key, fault) => {
      const { found, placeOf } = await judge([fault]);
      expect(found).toContain(`${key} ${placeOf(fault)}`);
    },
  );

  it('is found in order without any of them', async () => {
    expect((await judge([])).found).toEqual([]);
  });

  it('hides none behind another: from the start and from migrate they come in one list, with file and line', async () => {
    const { text, placeOf } = configWith(faults);
    await writeFile('app-config.yaml', text);
    const { stopping, disabling } = await judgeInstallation(['app-config.yaml'], { isProduction: false });
    const refusal = await refusalOf(createDefaultBackend({ configFiles: ['app-config.yaml'] }));
    const printed = refusal.split('\n');
    const judged = [...stopping, ...disabling];
    for (const fault of faults) {
      const { key = '' } = fault;
      const place = `(app-config.yaml:${placeOf(fault)}:`;
      expect(printed.filter((line) => line.startsWith(`  ${key}`) && line.includes(place))).toHaveLength(1);
      if (fault.isOnSite) continue;
      expect(judged.filter(({ path }) => path === key)).toEqual([
        expect.objectContaining({
          location: expect.objectContaining({ file: 'app-config.yaml', line: placeOf(fault) }),
        }),
      ]);
    }
    expect(printed[0]).toBe(
      `Could not start: ${printed.filter((line) => /^ {2}\S/.test(line)).length} problems`,
    );
    expect(refusal).not.toContain('changeme');
  });

  it('leaves open what a module may add, and says so where the start is refused anyhow', async () => {
    const adding = createBackendModule({
      pluginId: 'auth',
      moduleId: 'acme',
      register({ registerInit }) {
        registerInit({ deps: { resolvers: signInResolverExtensionPoint }, async init() {} });
      },
    });
    const resolver = faults.filter(({ key }) => key?.endsWith('resolvers[0].resolver'));
    const other = faults.filter(({ key }) => key === 'auth.sesion');
    await writeFile('app-config.yaml', configWith([...resolver, ...other]).text);
    const backend = addTo(createDefaultBackend({ configFiles: ['app-config.yaml'] }), [adding]);
    const refusal = await refusalOf(backend);
    expect(refusal).toContain(
      "auth.providers.github.production.signIn.resolvers[0].resolver names 'usernameMatching'",
    );
    expect(refusal).toContain("Unless module 'acme' of plugin 'auth' adds it");
  });
});
