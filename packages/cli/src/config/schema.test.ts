/** The schema that editors read, held against a validator that others wrote. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBackend } from '@vestibule/backend-defaults';
import { createBackendPlugin, type ConfigSchema } from '@vestibule/backend-plugin-api';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { runMain } from '../testing/runMain.ts';
import { configSchemaOf } from './configSchemaOf.ts';
import { misspellingsOf } from './misspellings.ts';
import type { JsonSchema } from './schemaParts.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const before = process.cwd();
let directory: string;
let schema: JsonSchema;
let faultsIn: (text: string) => string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-schema-'));
  process.chdir(directory);
  const { code, stdout } = await runMain('config', 'schema');
  expect(code).toBe(0);
  schema = JSON.parse(stdout) as JsonSchema;
  faultsIn = validatorOf(schema);
});
afterAll(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

/** The places of what a validator refuses, by its innermost words. */
function validatorOf(of: JsonSchema): (text: string) => string[] {
  const ajv = new Ajv({ allErrors: true, strict: false, inlineRefs: false, code: { optimize: false } });
  addFormats.default(ajv);
  expect(ajv.validateSchema(of)).toBe(true);
  const validate = ajv.compile(of);
  return (text) => {
    validate(parse(text));
    const outer = new Set(['if', 'anyOf', 'allOf']);
    return (validate.errors ?? [])
      .filter(({ keyword }) => !outer.has(keyword))
      .map(({ instancePath, keyword, params }) => {
        const more = (params as { additionalProperty?: string }).additionalProperty;
        return `${[...instancePath.split('/').slice(1), ...(more === undefined ? [] : [more])].join('.')} ${keyword}`;
      });
  };
}

it.each(['app-config.yaml', 'examples/seed/src/built-in-resolvers/app-config.yaml'])(
  'is named in the first line of %s, and is there',
  async (file) => {
    const path = join(root, file);
    const [, name] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await readFile(path, 'utf8')) ?? [];
    expect(JSON.parse(await readFile(join(path, '..', name ?? ''), 'utf8'))).toEqual(schema);
  },
);

describe('the schema', () => {
  it('takes every config of this repository that starts', async () => {
    for (const file of [
      'app-config.yaml',
      'docs/guides/coming-from-backstage/everything.yaml',
      'docs/guides/coming-from-backstage/several-providers.yaml',
      'docs/guides/coming-from-backstage/small.yaml',
      'docs/guides/why-was-i-refused/app-config.yaml',
      'examples/seed/src/built-in-resolvers/app-config.yaml',
    ]) {
      expect([file, faultsIn(await readFile(join(root, file), 'utf8'))]).toEqual([file, []]);
    }
  });

  it.each([
    ['a misspelt key', 'backend: { lissten: 7007 }', ['backend.lissten false schema']],
    ['one in another case', 'auth: { Environment: x }', ['auth.Environment false schema']],
    ['one in a root of others', 'app: { titel: x }', ['app.titel false schema']],
    [
      'one in a block of a provider',
      'auth: { providers: { github: { development: { client_id: x, clientSecrt: y } } } }',
      [
        'auth.providers.github.development.client_id false schema',
        'auth.providers.github.development.clientSecrt false schema',
      ],
    ],
    [
      'one of a provider by another name',
      'auth: { providers: { acme: { type: oidc, production: { metadataUlr: x } } } }',
      ['auth.providers.acme.production.metadataUlr false schema'],
    ],
    [
      'any key in a gate',
      'auth: { allow: { everybody: [x] } }',
      ['auth.allow.everybody additionalProperties'],
    ],
    [
      'an option of another resolver',
      'auth: { providers: { guest: { signIn: { resolvers: [{ resolver: emailMatchingUserEntityProfileEmail, claim: x }] } } } }',
      ['auth.providers.guest.signIn.resolvers.0.claim additionalProperties'],
    ],
    [
      'a key of an access rule',
      'backend: { auth: { externalAccess: [{ type: static, options: { token: abcdefgh, subject: x, sub: y } }] } }',
      ['backend.auth.externalAccess.0.options.sub additionalProperties'],
    ],
    [
      'an access rule without what it needs',
      'backend: { auth: { externalAccess: [{ type: static, options: { token: abcdefgh } }] } }',
      ['backend.auth.externalAccess.0.options required'],
    ],
    ['a word that is none', 'backend: { database: { client: mysql } }', ['backend.database.client enum']],
    ['a text for a number', 'auth: { ownership: { maxDepth: deep } }', ['auth.ownership.maxDepth pattern']],
    ['too large a number', 'auth: { ownership: { maxDepth: 99 } }', ['auth.ownership.maxDepth maximum']],
    [
      'a text for a boolean',
      'auth: { signIn: { allowAnyProviderResolvers: sometimes } }',
      ['auth.signIn.allowAnyProviderResolvers pattern'],
    ],
    ['a number for a text', 'auth: { session: { secret: 12 } }', ['auth.session.secret type']],
    ['a text for an object', 'auth: { providers: { google: x } }', ['auth.providers.google type']],
  ])('refuses %s', (_, text, faults) => {
    expect(faultsIn(text)).toEqual(faults);
  });

  it.each([
    [
      'a key of somebody else',
      'backend: { fetchApi: {} }\nauth: { enableAuthProviders: [x] }\nacme: { baseUlr: x }',
    ],
    [
      'a value from elsewhere',
      'backend: { listen: { port: "${PORT}" }, cors: { $include: cors.yaml }, database: { client: { $env: CLIENT } } }',
    ],
    ['what hides a value of another file', 'backend: { cors: null }\nauth: { providers: { google: } }'],
    [
      'a part, where another file has the rest',
      'auth: { providers: { google: { production: { prompt: auto } } } }',
    ],
    [
      'a text for what it says',
      'auth: { signIn: { allowAnyProviderResolvers: "Yes" }, ownership: { maxDepth: "3" } }',
    ],
    ['a provider that is not installed', 'auth: { providers: { gitlab: { production: { audience: x } } } }'],
    [
      'a resolver of a module, with options',
      'auth: { providers: { guest: { signIn: { resolvers: [{ resolver: acmeBadge, site: x }] } } } }',
    ],
    [
      'a kind of token that was added',
      'backend: { auth: { externalAccess: [{ type: acme, options: { a: 1 } }] } }',
    ],
    ['a key that has had its day', 'auth: { providers: { github: { development: { scope: x } } } }'],
  ])('takes %s', (_, text) => {
    expect(faultsIn(text)).toEqual([]);
  });

  it('tells what a key means, its default, and that it is a secret', () => {
    const keyOf = (...path: string[]) =>
      path.reduce<JsonSchema>((within, key) => {
        const { else: value = within } = within as { else?: JsonSchema };
        const { $ref } = value as { $ref?: string };
        const { definitions } = schema as { definitions: Record<string, JsonSchema> };
        const target = $ref === undefined ? value : definitions[$ref.replace('#/definitions/', '')];
        return (target?.properties as Record<string, JsonSchema>)[key] ?? {};
      }, schema);
    expect(keyOf('auth', 'environment')).toMatchObject({
      description: "Which block of a provider front ends ask for. Default: 'development'.",
      default: 'development',
    });
    expect(keyOf('auth', 'session', 'secret')).toMatchObject({
      description: expect.stringMatching(/^Secret\. Seals attempts /),
      visibility: 'secret',
    });
    expect(keyOf('auth', 'ownership', 'maxDepth')).toMatchObject({ default: 10 });
  });
});

it('no misspelling that is refused is a key that is known there', () => {
  const known = new Set(['level', 'levels', 'label', 'format']);
  const patterns = misspellingsOf(known, known).flatMap(({ patternProperties }) =>
    Object.keys(patternProperties as object).map((pattern) => new RegExp(pattern, 'u')),
  );
  const refused = (key: string) => patterns.some((pattern) => pattern.test(key));
  for (const key of known) expect([key, refused(key)]).toEqual([key, false]);
  for (const key of ['levle', 'evel', 'leveel', 'lavel', 'LEVEL', 'le-vel', 'fromat'])
    expect([key, refused(key)]).toEqual([key, true]);
  for (const key of ['lev', 'lapels', 'form', 'formation']) expect([key, refused(key)]).toEqual([key, false]);
});

describe('of a backend of one’s own', () => {
  const acmeSchema: ConfigSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => ({ value }),
      jsonSchema: {
        input: () => ({
          type: 'object',
          properties: {
            acme: {
              type: 'object',
              properties: {
                timeout: { type: 'number', description: 'How long Acme may take.' },
                next: { $ref: '#/properties/acme' },
              },
            },
          },
        }),
      },
    },
  };

  it('it tells of its features, and of packages that are installed beside it', async () => {
    await writeJson('package.json', {
      dependencies: { '@backstage/plugin-x': '1', '@acme/json': '1', left: '1' },
    });
    await writeJson('node_modules/@backstage/plugin-x/package.json', {
      configSchema: 'config.d.ts',
      dependencies: { deep: '1' },
    });
    await writeJson('node_modules/@acme/json/package.json', {
      exports: { '.': './index.js' },
      configSchema: './config.schema.json',
    });
    await writeJson('node_modules/@acme/json/config.schema.json', {
      type: 'object',
      required: ['json'],
      properties: {
        json: { type: 'object', properties: { apiKey: { type: 'string', visibility: 'secret' } } },
        auth: { type: 'object', properties: { badges: { type: 'boolean' } } },
      },
    });
    await writeJson('node_modules/deep/package.json', {
      configSchema: { properties: { deep: { type: 'string', enum: ['a', 'b'] } } },
    });
    const backend = createBackend();
    backend.add(
      createBackendPlugin({
        pluginId: 'acme',
        configSchema: acmeSchema,
        register: ({ registerInit }) => registerInit({ deps: {}, init: () => undefined }),
      }),
    );
    const faults = validatorOf(await configSchemaOf(backend));
    expect(faults('acme: { tiemout: 1, next: { timeout: no } }\njson: { apiKye: 1 }\ndeep: c')).toEqual([
      'acme.tiemout false schema',
      'acme.next.timeout pattern',
      'deep enum',
    ]);
    const own = JSON.stringify(await configSchemaOf(createBackend()));
    expect(own).toContain('"visibility":"secret"');
    expect(own).not.toContain('How long Acme may take.');
    const { stderr } = await runMain('config', 'schema', '--output', 'own.json');
    expect(stderr).toBe('Without the keys of @backstage/plugin-x: their configSchema is no JSON Schema.\n');
    expect(await readFile('own.json', 'utf8')).toContain('"badges"');
  });

  async function writeJson(path: string, content: object): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, JSON.stringify(content));
  }
});
