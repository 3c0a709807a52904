/**
 * What packages that are installed say of their config, as Backstage's do: `configSchema` of their manifest, a JSON Schema or
 * the path of one. As Backstage's own tools look: at the dependencies of the project, and at those of each that has a schema
 * or is of Backstage.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asObject, isObject } from '@vestibule/backend-plugin-api';
import type { JsonSchema } from './schemaParts.ts';

/** What was found. */
export interface HostedSchemas {
  readonly schemas: readonly { readonly package: string; readonly schema: JsonSchema }[];
  /** Packages that describe their config in TypeScript, or not as they say: nothing is known of their keys. */
  readonly unread: readonly string[];
}

/** @param directory - Of the project's `package.json`; where there is none, nothing is found. */
export async function readHostedSchemas(directory: string): Promise<HostedSchemas> {
  const schemas: { package: string; schema: JsonSchema }[] = [];
  const unread: string[] = [];
  const seen = new Set<string>();
  const manifest = await readManifest(join(directory, 'package.json'));
  if (manifest) await follow(manifest, join(directory, 'package.json'));
  const byName = (one: { package: string }, other: { package: string }) =>
    one.package < other.package ? -1 : 1;
  return { schemas: schemas.sort(byName), unread: unread.sort() };

  async function follow({ dependencies }: JsonSchema, from: string): Promise<void> {
    const names = Object.keys(asObject(dependencies)).filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    await Promise.all(names.map(async (name) => visit(name, from)));
  }

  async function visit(name: string, from: string): Promise<void> {
    const path = await manifestOf(name, from);
    const manifest = path === undefined ? undefined : await readManifest(path);
    if (path === undefined || !manifest) return;
    const { configSchema, backstage, dependencies } = manifest;
    const isOfBackstage =
      backstage !== undefined ||
      Object.keys(asObject(dependencies)).some((dependency) => dependency.startsWith('@backstage/'));
    if (configSchema !== undefined) {
      const schema =
        typeof configSchema === 'string'
          ? await readManifest(join(dirname(path), configSchema))
          : configSchema;
      if (isObject(schema)) schemas.push({ package: name, schema });
      else unread.push(name);
    }
    if (configSchema !== undefined || isOfBackstage) await follow(manifest, path);
  }
}

/** Not by `exports`, which need not name the manifest. */
async function manifestOf(name: string, from: string): Promise<string | undefined> {
  const resolver = createRequire(from);
  try {
    return resolver.resolve(`${name}/package.json`);
  } catch {
    for (const folder of resolver.resolve.paths(name) ?? []) {
      const path = join(folder, name, 'package.json');
      if (await readManifest(path)) return path;
    }
    return undefined;
  }
}

async function readManifest(path: string): Promise<JsonSchema | undefined> {
  if (!path.endsWith('.json')) return undefined;
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
