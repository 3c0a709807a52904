/** Every combination of answers makes a project that is whole, and depends on what it imports. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse, parseAllDocuments } from 'yaml';
import { databases, providers, purposes, type Answers, type Provider } from './answers.ts';
import { planProject } from './planProject.ts';

const subsets = [...Array(2 ** providers.length).keys()]
  .slice(1)
  .map((bits): readonly Provider[] => providers.filter((_, index) => bits & (1 << index)));

const combinations: Answers[] = purposes.flatMap((purpose) =>
  databases.flatMap((database) =>
    (purpose === 'framework' ? [[]] : subsets).flatMap((list) => [
      { purpose, database, providers: list },
      ...(list.includes('oidc')
        ? [{ purpose, database, providers: list, issuer: 'https://id.example.com/realms/acme' }]
        : []),
    ]),
  ),
);

function plan(answers: Answers, name = 'my-portal'): Record<string, string> {
  return Object.fromEntries(
    [...planProject(answers, { name })].map(([path, content]) => [path, content.toString()]),
  );
}

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides?: Record<string, string>;
}
const manifestOf = (files: Record<string, string>) => JSON.parse(files['package.json'] ?? '') as Manifest;
const repositoryFile = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

describe('planProject', () => {
  it('leaves nothing of the templates in any file of any combination', () => {
    expect(combinations).toHaveLength(140);
    for (const answers of combinations) {
      for (const [path, text] of Object.entries(plan(answers))) {
        expect({ answers, path, left: /when: |__[A-Z]{2,}__|^\s*(?:#|\/\/) end$/m.exec(text) }).toEqual({
          answers,
          path,
          left: null,
        });
      }
    }
  });

  it('writes YAML that can be read, and that has a block for each provider and for no other', () => {
    for (const answers of combinations) {
      const files = plan(answers);
      for (const [path, text] of Object.entries(files)) {
        if (!path.endsWith('.yaml')) continue;
        expect(parseAllDocuments(text).flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual(
          [],
        );
      }
      const providersIn = (stage: string) => {
        const [document] = parseAllDocuments(files[`app-config.${stage}.yaml`] ?? '');
        const { auth } = document?.toJS() as { auth?: { providers?: Record<string, unknown> } };
        return Object.keys(auth?.providers ?? {}).sort();
      };
      const chosen = [...answers.providers].sort();
      expect(providersIn('development')).toEqual(chosen);
      expect(providersIn('production')).toEqual(chosen.filter((provider) => provider !== 'guest'));
    }
  });

  it('names a schema for editors that is installed, and that every config fits', () => {
    const cli = repositoryFile('packages/cli/package.json') as { name: string; files: string[] };
    const schema = 'assets/app-config.schema.json';
    expect(cli.files).toContain('assets');
    const ajv = new Ajv({ strict: false, inlineRefs: false, code: { optimize: false } });
    addFormats.default(ajv);
    const validate = ajv.compile(repositoryFile(`packages/cli/${schema}`) as object);
    const seen = new Set<string>();
    for (const answers of combinations) {
      const files = plan(answers);
      const { dependencies, devDependencies } = manifestOf(files);
      expect({ ...dependencies, ...devDependencies }).toHaveProperty([cli.name]);
      for (const [path, text] of Object.entries(files)) {
        if (!/app-config\.[\w.]*yaml$/.test(path) || seen.has(text)) continue;
        seen.add(text);
        const up = '../'.repeat(path.split('/').length - 1) || './';
        expect(text.split('\n', 1)).toEqual([
          `# yaml-language-server: $schema=${up}node_modules/${cli.name}/${schema}`,
        ]);
        validate(parse(text));
        expect({ path, errors: validate.errors }).toEqual({ path, errors: null });
      }
    }
    expect(seen.size).toBeGreaterThan(50);
    expect(validate({ auth: { enviroment: 'production' } })).toBe(false);
  });

  it('depends on the packages that the code imports, and on those for development apart', () => {
    const inside: Answers = { purpose: 'inside', providers: ['github'], database: 'postgresql' };
    const { dependencies, devDependencies } = manifestOf(plan(inside));
    expect(Object.keys(dependencies)).toEqual([
      '@backstage/backend-defaults',
      '@backstage/backend-plugin-api',
      '@backstage/plugin-catalog-backend',
      '@vestibule/backend-plugin-api',
      '@vestibule/plugin-auth-backend',
      '@vestibule/plugin-auth-backend-module-github-provider',
      '@vestibule/plugin-auth-node',
      'zod',
    ]);
    expect(Object.keys(devDependencies)).toEqual([
      '@types/node',
      '@vestibule/backend-test-utils',
      '@vestibule/cli',
      'typescript',
    ]);
    const portal = manifestOf(plan({ purpose: 'portal', providers: ['oidc'], database: 'sqlite' }));
    expect(portal.devDependencies).toHaveProperty('@vestibule/dev-idp');
    expect(portal).not.toHaveProperty('overrides');
  });

  it('takes the identity provider for development only where there is none of their own', () => {
    const files = plan({
      purpose: 'beside',
      providers: ['oidc'],
      database: 'sqlite',
      issuer: 'https://id.example.com',
    });
    expect(manifestOf(files).devDependencies).not.toHaveProperty('@vestibule/dev-idp');
    expect(files['app-config.development.yaml']).not.toContain('devIdp');
    expect(files['app-config.development.yaml']).toContain(
      'metadataUrl: https://id.example.com/.well-known/openid-configuration',
    );
  });

  it('makes a session secret for each project, in the file that git ignores', () => {
    const answers: Answers = { purpose: 'portal', providers: ['guest'], database: 'sqlite' };
    const secretsOf = (files: Record<string, string>) =>
      Object.entries(files).flatMap(([path, text]) =>
        [...text.matchAll(/^AUTH_SESSION_SECRET=(.+)$/gm)].map(([, secret]) => ({ path, secret })),
      );
    const [first, second] = [plan(answers), plan(answers)].map(secretsOf);
    expect(first).toEqual([{ path: '.env', secret: expect.stringMatching(/^[\w-]{43}$/) }]);
    expect(second).not.toEqual(first);
    expect(plan(answers)['.gitignore']).toMatch(/^\.env$/m);
  });

  it('asks for the versions that this repository is tested with', () => {
    const versions = repositoryFile('packages/create-vestibule/templates/versions.json') as Record<
      string,
      string
    >;
    const { devDependencies } = repositoryFile('package.json') as Manifest;
    const { dependencies: authNode } = repositoryFile('plugins/auth-node/package.json') as Manifest;
    const { dependencies: backstage } = repositoryFile(
      'conformance/backstage/newest/package.json',
    ) as Manifest;
    for (const [name, version] of Object.entries(versions)) {
      expect([name, version]).toEqual([
        name,
        name.startsWith('@backstage/') ? backstage[name] : (authNode[name] ?? `^${devDependencies[name]}`),
      ]);
    }
  });
});
