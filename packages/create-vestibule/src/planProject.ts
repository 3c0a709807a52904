/** From answers to files: pieces that do not overlap, each a folder of `templates/`, put side by side. Nothing is written. */
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answers, Purpose } from './answers.ts';
import { factsOf } from './facts.ts';
import { readPackedPackages } from './packedPackages.ts';
import { packedFolder, projectManifest } from './projectManifest.ts';
import { renderTemplate } from './renderTemplate.ts';

const templates = fileURLToPath(new URL('../templates', import.meta.url));

const pieces: Readonly<Record<Purpose, readonly string[]>> = {
  portal: ['every', 'standalone', 'sign-in', 'own-process'],
  beside: ['every', 'standalone', 'sign-in', 'own-process', 'beside'],
  inside: ['every', 'sign-in', 'inside'],
  framework: ['every', 'standalone', 'framework'],
};
/** Where `npm start` listens. Beside Backstage, 7007 is Backstage's. */
export const ports: Readonly<Record<Purpose, number>> = {
  portal: 7007,
  beside: 7107,
  inside: 7007,
  framework: 7007,
};

/** @public */
export interface PlanOptions {
  /** As npm takes it. */
  readonly name: string;
  /** A folder of tarballs in place of the registry. */
  readonly packages?: string;
}

/**
 * The files of a project, by their paths in it.
 *
 * @throws Error where the folder of tarballs cannot be read, or lacks a package.
 * @public
 */
export function planProject(answers: Answers, { name, packages }: PlanOptions): Map<string, string | Buffer> {
  const packed = packages === undefined ? undefined : readPackedPackages(packages);
  const facts = factsOf(answers, packed !== undefined);
  const values = {
    PROJECT: name,
    PORT: String(ports[answers.purpose]),
    DATABASE_PREFIX: `${name.replace(/\W/g, '_')}_`,
    ...(answers.issuer !== undefined && { ISSUER: answers.issuer }),
  };
  const files = new Map<string, string | Buffer>();
  const sources = new Map<string, string>();
  let base: Record<string, unknown> = { name };
  for (const piece of pieces[answers.purpose]) {
    for (const path of filesIn(join(templates, piece))) {
      const text = readFileSync(join(templates, piece, path), 'utf8');
      if (path === 'package.json') {
        base = { ...base, ...(JSON.parse(text) as object) };
        continue;
      }
      const written = path.replace(/(^|\/)_/, '$1.');
      if (files.has(written)) throw new Error(`two pieces have ${written}`);
      const rendered = renderTemplate(text, { facts, values });
      files.set(written, rendered);
      if (path.endsWith('.ts')) sources.set(path, rendered);
    }
  }
  const { manifest, tarballs } = projectManifest({
    base,
    sources,
    forDevelopment: [
      'typescript',
      '@types/node',
      ...(facts['dev-idp'] ? ['@vestibule/dev-idp'] : []),
      // Where it starts nothing, it brings the schema that the configs name for editors.
      ...(facts.inside ? ['@vestibule/cli'] : []),
    ],
    source: { version: ownVersion(), versions: otherVersions(), ...(packed && { packed }) },
  });
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  files.set('.env', withSecret(files.get('.env.example') as string));
  for (const file of tarballs) files.set(`${packedFolder}/${file}`, readFileSync(join(packages!, file)));
  return files;
}

/** The version of this package. */
export function ownVersion(): string {
  return (readJson(new URL('../package.json', import.meta.url)) as { version: string }).version;
}

function otherVersions(): Record<string, string> {
  return readJson(new URL('../templates/versions.json', import.meta.url)) as Record<string, string>;
}

function withSecret(example: string): string {
  return example.replace(
    '# AUTH_SESSION_SECRET=',
    () => `AUTH_SESSION_SECRET=${randomBytes(32).toString('base64url')}`,
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
}

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}
