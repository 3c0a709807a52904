/** What every published package has to say of itself, derived from its sources and from the manifests of all. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

type Names = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly engines?: { readonly node?: string };
  readonly main?: string;
  readonly types?: string;
  readonly exports?: Readonly<Record<string, string | Names>>;
  readonly files: readonly string[];
  readonly backstage?: {
    readonly role: string;
    readonly pluginId?: string;
    readonly pluginPackage?: string;
    readonly pluginPackages?: readonly string[];
  };
  readonly repository?: { readonly type: string; readonly url: string; readonly directory: string };
  readonly homepage?: string;
  readonly bugs?: string;
  readonly publishConfig?: { readonly access: string };
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly devDependencies?: Names;
}

/** They are JavaScript, as they run before anything is built. */
const load = async <T>(file: string) => (await import(new URL(`pack/${file}`, import.meta.url).href)) as T;
const { neededBy, publishedPackages, root } = await load<{
  neededBy(names: readonly string[]): string[];
  publishedPackages(): Map<string, { folder: string; manifest: Manifest }>;
  root: string;
}>('publishedPackages.mjs');
const { publishedManifest } = await load<{
  publishedManifest(
    own: Manifest,
    place: { folder: string; shared: Manifest; hasSources: boolean },
  ): Manifest;
}>('publishedManifest.mjs');
const { purposes } = await load<{
  purposes: {
    id: string;
    install: readonly string[];
    develop?: readonly string[];
    perhaps?: Names;
  }[];
}>('purposes.mjs');

const packages = publishedPackages();
const shared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const published = [...packages].map(([name, { folder, manifest }]) => ({
  name,
  folder,
  own: manifest,
  manifest: publishedManifest(manifest, { folder, shared, hasSources: true }),
}));
const libraries = published.filter(({ own }) => own.exports !== undefined);

/** What no range fits, and why. */
const pinned = [
  {
    names: /^@libsql\//,
    because: 'what the binary exports is known to the JavaScript of its version alone (decision 13)',
  },
  { names: /^@vestibule\/libsql-musl-/, because: 'the same binary, for another C library' },
];

function productSources(folder: string): string[] {
  const from = join(root, folder, 'src');
  if (!existsSync(from)) return [];
  return (readdirSync(from, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts') && !/\.(?:test|browser)\.ts$|(?:^|\/)testing\//.test(file))
    .map((file) => readFileSync(join(from, file), 'utf8'));
}

/** The packages whose names stand in import and export declarations, of types too, and in `import('…')` that is awaited or returned. */
function importedBy(folder: string): string[] {
  const specifiers = productSources(folder).flatMap((text) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '');
    return [
      ...code.matchAll(/^(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^'.][^']*)'/gm),
      ...code.matchAll(/(?:\bawait|=>)\s+import\(\s*'([^'.][^']*)'/g),
    ].map(([, specifier = '']) => specifier);
  });
  const names = specifiers
    // In a template, it is code that is made.
    .filter((specifier) => !specifier.startsWith('node:') && !specifier.includes('$'))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return [...new Set(names)].sort();
}

describe('a published package', () => {
  it.each(published)('$name says what it is, where its source is, and that all may have it', (one) => {
    expect(one.manifest).toMatchObject({
      version: packages.get('@vestibule/cli')?.manifest.version,
      description: expect.stringMatching(/\.$/),
      license: 'Apache-2.0',
      type: 'module',
      homepage: expect.stringContaining(`/${one.folder}#readme`),
      bugs: expect.stringMatching(/^https:/),
      repository: {
        type: 'git',
        url: expect.stringMatching(/^git\+https:.*\.git$/),
        directory: one.folder,
      },
      publishConfig: { access: 'public' },
    });
    for (const file of ['README.md', 'LICENSE']) expect(existsSync(join(root, one.folder, file))).toBe(true);
  });

  it.each(libraries)(
    '$name has the same entry for those who read exports and for those who do not',
    (one) => {
      const { main, types, exports, engines } = one.manifest;
      expect(exports?.['.']).toEqual({ types, default: main });
      expect(engines?.node).toMatch(one.folder === 'packages/libsql' ? /^>=20/ : /^\^20\.19 \|\| >=22\.12$/);
    },
  );

  it.each(published)('$name has nothing in its manifest that only the checkout needs', (one) => {
    expect(JSON.stringify(one.manifest)).not.toContain('vestibule:source');
    expect(one.manifest).not.toHaveProperty('devDependencies');
    expect(one.manifest).not.toHaveProperty('scripts');
  });

  it.each(libraries)('$name declares whatever it imports', ({ folder, own }) => {
    const declared = { ...own.dependencies, ...own.optionalDependencies, ...own.peerDependencies };
    expect(importedBy(folder).filter((name) => name !== own.name && !(name in declared))).toEqual([]);
  });

  it.each(published)('$name takes any version that is compatible, or there is a reason', ({ own }) => {
    const ranges = Object.entries({
      ...own.dependencies,
      ...own.optionalDependencies,
      ...own.peerDependencies,
    });
    const exact = ranges.filter(([, range]) => !range.startsWith('^')).map(([name]) => name);
    expect(exact.filter((name) => !pinned.some(({ names }) => names.test(name)))).toEqual([]);
  });

  it('never needs the development identity provider, as npm would then leave it in production', () => {
    const needs = published.filter(({ own }) =>
      [own.dependencies, own.optionalDependencies, own.peerDependencies].some(
        (list = {}) => '@vestibule/dev-idp' in list,
      ),
    );
    expect(needs.map(({ name }) => name)).toEqual([]);
  });
});

describe("Backstage's metadata of a package", () => {
  const roleOf = (name: string) => packages.get(name)?.manifest.backstage;

  it.each(libraries)('$name: names the role', ({ own }) => {
    expect(['backend-plugin', 'backend-plugin-module', 'node-library', 'common-library', 'cli']).toContain(
      own.backstage?.role,
    );
  });

  it.each(libraries)('$name: is a plugin or a module where its default export is a feature', (one) => {
    const sources = productSources(one.folder);
    const isFeature = /\bas default\b/.test(readFileSync(join(root, one.folder, 'src/index.ts'), 'utf8'));
    const role = one.own.backstage?.role ?? '';
    expect(role.startsWith('backend-plugin')).toBe(isFeature);
    if (!isFeature) return;
    const made = sources.flatMap((text) => [
      ...text.matchAll(/\bcreateBackend(Plugin|Module)\(\{\s*pluginId: '([\w-]+)'/g),
      // Of the contract of sign-in.
      ...(/\bcreateAuthProviderFeature\(/.test(text) ? [['', 'Module', 'auth']] : []),
    ]);
    const kind = role === 'backend-plugin' ? 'Plugin' : 'Module';
    expect(made.map(([, what, id]) => `${what} ${id}`)).toContain(`${kind} ${one.own.backstage?.pluginId}`);
  });

  it('has each module name a plugin that is there, and each package of a plugin the same list', () => {
    for (const { name, own } of libraries) {
      const { role, pluginId, pluginPackage, pluginPackages } = own.backstage ?? {};
      if (role === 'backend-plugin-module') {
        expect(roleOf(pluginPackage ?? '')).toMatchObject({ role: 'backend-plugin', pluginId });
        expect(pluginPackages).toBeUndefined();
      } else if (pluginId !== undefined) {
        expect(pluginPackages).toContain(name);
        for (const other of pluginPackages ?? [])
          expect(roleOf(other)).toMatchObject({ pluginId, pluginPackages });
      }
    }
  });
});

describe('what an installation names', () => {
  it.each(purposes)(
    'for "$id" is published, and brings what it needs',
    ({ install, develop = [], perhaps = {} }) => {
      const named = [...install, ...develop, ...Object.keys(perhaps)];
      expect(named.filter((name) => !packages.has(name))).toEqual([]);
      const needed = neededBy(install);
      for (const name of needed)
        for (const other of Object.keys(packages.get(name)?.manifest.dependencies ?? {}))
          expect(!packages.has(other) || needed.includes(other)).toBe(true);
    },
  );

  it('for a resolver that asks the catalog brings the client, whatever the host is', () => {
    expect(neededBy(['@vestibule/plugin-auth-backend'])).toContain('@vestibule/plugin-catalog-client');
    expect(neededBy(['@vestibule/plugin-catalog-node'])).toContain('@vestibule/plugin-catalog-client');
  });
});
