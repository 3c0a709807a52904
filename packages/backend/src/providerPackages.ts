/**
 * The `…-provider` packages among the dependencies of this package, so that its manifest is the one list of them. In the
 * standalone command this module is made from that list (scripts/standalone), as a bundle has no names to look up.
 */
import { createRequire } from 'node:module';

const { dependencies } = createRequire(import.meta.url)('../package.json') as {
  dependencies: Readonly<Record<string, string>>;
};

/** Imports them, in the order of the manifest. */
export async function importProviderPackages(): Promise<readonly { default: unknown }[]> {
  const names = Object.keys(dependencies).filter((name) =>
    /\/plugin-auth-backend-module-.+-provider$/.test(name),
  );
  return Promise.all(names.map(async (name) => (await import(name)) as { default: unknown }));
}
