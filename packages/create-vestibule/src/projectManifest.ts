/** The package.json of a project: what its code imports is what it depends on. */
import { withDependencies, type PackedPackage } from './packedPackages.ts';

/** Where the packages of Vestibule come from. */
export interface PackageSource {
  /** The version of this package, which all of them share. */
  readonly version: string;
  /** Of the others, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Tarballs in {@link packedFolder}, by name, in place of the registry. */
  readonly packed?: ReadonlyMap<string, PackedPackage>;
}

/** Where a project keeps tarballs. */
export const packedFolder = 'vestibule-packages';

interface ProjectManifest {
  readonly [key: string]: unknown;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * @param base - What does not depend on the code.
 * @param sources - TypeScript by its path; what only `*.test.ts` import is for development.
 * @param forDevelopment - Packages that no code names.
 * @returns the manifest, and the tarballs that belong to it.
 */
export function projectManifest(options: {
  base: Readonly<Record<string, unknown>>;
  sources: ReadonlyMap<string, string>;
  forDevelopment: readonly string[];
  source: PackageSource;
}): { manifest: ProjectManifest; tarballs: readonly string[] } {
  const { base, sources, forDevelopment, source } = options;
  const isTest = (path: string) => path.endsWith('.test.ts');
  const imported = (wanted: boolean) =>
    [...sources].filter(([path]) => isTest(path) === wanted).flatMap(([, text]) => packagesIn(text));
  const always = imported(false).filter((name) => !forDevelopment.includes(name));
  const development = [...imported(true), ...forDevelopment].filter((name) => !always.includes(name));

  const needed = source.packed && withDependencies([...always, ...development], source.packed);
  const specOf = (name: string) => specIn(source, name);
  const manifest = {
    ...base,
    dependencies: sorted(always, specOf),
    devDependencies: sorted(development, specOf),
    // What they need of each other, no registry has.
    ...(needed && {
      overrides: sorted(
        [...needed.keys()].filter((name) => !always.includes(name) && !development.includes(name)),
        specOf,
      ),
    }),
  };
  return { manifest, tarballs: [...(needed?.values() ?? [])].map(({ file }) => file) };
}

/** @throws Error where a folder of tarballs lacks one of Vestibule's, or the templates a version. */
function specIn({ version, versions, packed }: PackageSource, name: string): string {
  const tarball = packed?.get(name);
  if (tarball) return `file:${packedFolder}/${tarball.file}`;
  if (name.startsWith('@vestibule/')) {
    if (packed) throw new Error(`the folder of packages has no ${name}`);
    return `^${version}`;
  }
  const other = versions[name];
  if (other === undefined) throw new Error(`versions.json has no ${name}`);
  return other;
}

function packagesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:from |import |import\()'((?:@[\w.-]+\/)?[\w.-]+)[^']*'/g)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'node' && !name.startsWith('.'));
}

function sorted(names: readonly string[], specOf: (name: string) => string): Record<string, string> {
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, specOf(name)]));
}
