/** What an overlay of deploy/kubernetes puts together, as kustomize does it, as far as the files there go. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { parseAllDocuments } from 'yaml';

/** Any resource. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

interface Kustomization {
  readonly namespace?: string;
  readonly resources: readonly string[];
  readonly images?: readonly { name: string; newName: string; newTag: string }[];
  readonly configMapGenerator?: readonly { name: string; behavior?: 'merge'; files: readonly string[] }[];
  readonly patches?: readonly unknown[];
}

/** The resources of a folder and of those it builds on. */
export async function readManifests(folder: string): Promise<Resource[]> {
  const [kustomization] = await readYaml<Kustomization>(join(folder, 'kustomization.yaml'));
  if (!kustomization) throw new Error(`${folder} has no kustomization`);
  const found: Resource[] = [];
  for (const name of kustomization.resources) {
    const path = join(folder, name);
    if (!existsSync(path)) throw new Error(`${folder} names ${name}, which is not there`);
    found.push(...(name.endsWith('.yaml') ? await readYaml<Resource>(path) : await readManifests(path)));
  }
  for (const { name, behavior, files } of kustomization.configMapGenerator ?? []) {
    const data = await Promise.all(
      files.map(async (file) => [file, await readFile(join(folder, file), 'utf8')] as const),
    );
    const same = found.findIndex(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    if ((behavior === 'merge') !== same >= 0) throw new Error(`${folder}: ${name} cannot be made`);
    const base = same < 0 ? {} : ((found.splice(same, 1)[0] as ConfigMap).data ?? {});
    const map: ConfigMap & Resource = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { ...base, ...Object.fromEntries(data) },
    };
    found.push(map);
  }
  return found;
}

async function readYaml<T>(path: string): Promise<T[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'), { strict: true });
  return documents.map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join('\n')}`);
    return document.toJS() as T;
  });
}
