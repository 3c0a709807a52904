import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkConfig } from './checkConfig.ts';
import type { Config, ConfigLocation } from './config.ts';
import { ConfigError, formatConfigProblem } from './configProblem.ts';
import type { ConfigSchema } from './configSchema.ts';
import { readConfig } from './readConfig.ts';
import { secretPaths, secretValues } from './secretValues.ts';

/** The only getter that the checker uses. */
function configOf(
  data: unknown,
  locate?: (path: readonly (string | number)[], part?: string) => ConfigLocation,
): Config {
  const getOptional = (key?: string) =>
    (key ? key.split('.') : []).reduce<unknown>(
      (value, step) => (value as Record<string, unknown>)?.[step],
      data,
    );
  return { getOptional, ...(locate && { locate }) } as unknown as Config;
}

function check(data: unknown, ...schemas: ConfigSchema[]) {
  return findings(data, ...schemas).problems;
}

function findings(data: unknown, ...schemas: ConfigSchema[]) {
  return checkConfig({
    config: configOf(data),
    schemas: schemas.map((schema, index) => ({ schema, owner: `plugin 'p${index}'` })),
  });
}

const acme = (shape: z.ZodRawShape) => z.object({ acme: z.object(shape) });

describe('checkConfig', () => {
  it('finds nothing in a config that is right', () => {
    expect(check({ acme: { url: 'http://a.test' } }, acme({ url: z.url() }))).toEqual([]);
  });

  it('reports every wrong and every missing value at once, in sentences', () => {
    const problems = check(
      { acme: { port: 'abc', url: 'localhost 7007', mode: 'fast', list: [{ n: 1 }, { n: 'x' }], on: null } },
      acme({
        port: z.number(),
        url: z.url(),
        mode: z.enum(['slow', 'safe']),
        list: z.array(z.object({ n: z.number() })),
        on: z.boolean(),
        name: z.string(),
      }),
    );
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_CONFIG_VALUE_INVALID', "acme.port must be a number, not a string: 'abc'"],
      ['ERR_CONFIG_VALUE_INVALID', "acme.url is not a URL: 'localhost 7007'"],
      ['ERR_CONFIG_VALUE_INVALID', "acme.mode must be 'slow' or 'safe': 'fast'"],
      ['ERR_CONFIG_VALUE_INVALID', "acme.list[1].n must be a number, not a string: 'x'"],
      ['ERR_CONFIG_VALUE_INVALID', 'acme.on must be true or false, not null'],
      ['ERR_CONFIG_VALUE_MISSING', 'acme.name is missing; it must be a string'],
    ]);
  });

  it('says it once when two schemas find the same', () => {
    expect(check({ acme: {} }, acme({ url: z.url() }), acme({ url: z.url() }))).toHaveLength(1);
  });

  it('names an unknown key with the nearest right name', () => {
    expect(check({ acme: { baseUl: 'x' } }, acme({ baseUrl: z.string().optional() }))).toEqual([
      {
        code: 'ERR_CONFIG_UNKNOWN_KEY',
        path: 'acme.baseUl',
        message: 'acme.baseUl is not a known key',
        suggestion: "Did you mean 'baseUrl'?",
      },
    ]);
  });

  it('names an unknown key once, where the schema itself refuses unknown keys too', () => {
    const strict = z.object({ resolver: z.strictObject({ domain: z.string().optional() }) });
    expect(
      check({ resolver: { domian: 'x', other: 1 } }, strict).map(({ path, suggestion }) => [
        path,
        suggestion,
      ]),
    ).toEqual([
      ['resolver.domian', "Did you mean 'domain'?"],
      ['resolver.other', 'Known here: domain.'],
    ]);
  });

  it('says how far a number or a list is off, and that a number meant as a text takes quotes', () => {
    const schema = z.object({
      depth: z.number().min(1).max(9),
      names: z.array(z.string()).min(2),
      id: z.string(),
    });
    const said = (data: object) => check(data, schema).map(formatConfigProblem);
    expect(said({ depth: 0, names: ['x'], id: 583231 })).toEqual([
      'depth must be at least 1: 0',
      'names must have at least 2 items',
      'id must be a string, not a number: 583231\n  Put it in quotes.',
    ]);
    expect(said({ depth: 10, names: ['x', 'y'], id: true })).toEqual([
      'depth must be at most 9: 10',
      'id must be a string, not true or false: true\n  Put it in quotes.',
    ]);
  });

  it('says where a misplaced key belongs', () => {
    const schema = acme({
      session: z.object({ sealingSecret: z.string() }).optional(),
      tenants: z.record(z.string(), z.object({ tenantAudience: z.string() })).optional(),
      targets: z.array(z.object({ targetAddress: z.string() })).optional(),
    });
    const { problems, warnings } = findings(
      { acme: { sealingSecret: 'a', tenantAudience: 'b', targetAddress: 'c', zzzzzz: 'd' } },
      schema,
    );
    expect(problems.map(({ suggestion }) => suggestion)).toEqual([
      "It is misplaced: 'sealingSecret' belongs at acme.session.sealingSecret.",
      "It is misplaced: 'tenantAudience' belongs at acme.tenants.<name>.tenantAudience.",
      "It is misplaced: 'targetAddress' belongs at acme.targets[].targetAddress.",
    ]);
    expect(warnings.map(({ path }) => path)).toEqual(['acme.zzzzzz']);
  });

  it('never judges other roots, nor what any schema leaves open', () => {
    const data = { catalog: { x: 1 }, acme: { open: { x: 1 }, any: { x: 1 }, map: { x: { y: 1 } } } };
    expect(
      check(
        data,
        acme({
          open: z.looseObject({}),
          any: z.unknown(),
          map: z.record(z.string(), z.object({ y: z.number() })),
        }),
      ),
    ).toEqual([]);
  });

  it('knows a key of a shared object from any schema, and opens what one schema opens', () => {
    const mine = acme({ a: z.number(), deep: z.object({ x: z.number() }) });
    const yours = acme({ b: z.number(), deep: z.looseObject({}) });
    const { warnings } = findings({ acme: { a: 1, b: 2, c: 3, deep: { x: 1, y: 2 } } }, mine, yours);
    expect(warnings.map(({ path }) => path)).toEqual(['acme.c']);
  });

  it('tells which package reads a key that is known and described by nobody, and is as strict as that package once it is there', () => {
    const named = acme({ clients: z.unknown().optional().meta({ readBy: '@acme/clients' }) });
    const reader = acme({ clients: z.object({ names: z.array(z.string()) }).optional() });
    const config = { acme: { clients: { names: ['a'], naems: ['b'] } } };
    expect(findings(config, named)).toEqual({
      problems: [],
      warnings: [
        {
          code: 'ERR_CONFIG_UNKNOWN_KEY',
          path: 'acme.clients',
          message: 'acme.clients has no effect: nothing that is installed reads it',
          suggestion: "Add its package: backend.add(import('@acme/clients')).",
        },
      ],
    });
    const both = [
      [named, reader],
      [reader, named],
    ];
    for (const schemas of both) {
      const { problems, warnings } = findings(config, ...schemas);
      expect([problems.map(({ path, suggestion }) => [path, suggestion]), warnings]).toEqual([
        [['acme.clients.naems', "Did you mean 'names'?"]],
        [],
      ]);
    }
    expect(findings({ acme: {} }, named)).toEqual({ problems: [], warnings: [] });
    expect(check({ acme: { clinets: {} } }, named)[0]?.suggestion).toBe("Did you mean 'clients'?");
  });

  it('follows lists, records, unions, intersections and recursive schemas', () => {
    const Tree: z.ZodType = z.object({
      name: z.string(),
      get children() {
        return z.array(Tree).optional();
      },
    });
    const schema = acme({
      list: z.array(z.object({ a: z.number() })),
      map: z.record(z.string(), z.object({ a: z.number() })),
      both: z.intersection(z.object({ a: z.number() }), z.object({ b: z.number() })),
      either: z.union([z.string(), z.object({ a: z.number() })]),
      kind: z.discriminatedUnion('type', [
        z.object({ type: z.literal('pg'), host: z.string() }),
        z.object({ type: z.literal('file'), directory: z.string() }),
      ]),
      tree: Tree,
    });
    const { problems, warnings } = findings(
      {
        acme: {
          list: [{ a: 1 }, { a: 1, q1: 1 }],
          map: { one: { a: 1, q2: 1 } },
          both: { a: 1, b: 1, q3: 1 },
          either: { a: 1, q4: 1 },
          kind: { type: 'pg', host: 'h', directory: 'd' },
          tree: { name: 'r', children: [{ name: 'c', children: [{ name: 'g', q5: 1 }] }] },
        },
      },
      schema,
    );
    expect(warnings.map(({ path }) => path)).toEqual([
      'acme.list[1].q1',
      'acme.map.one.q2',
      'acme.both.q3',
      'acme.either.q4',
      'acme.tree.children[0].children[0].q5',
    ]);
    // Ours, and without effect beside 'type: pg'.
    expect(problems.map(({ path }) => path)).toEqual(['acme.kind.directory']);
  });

  it('blames the member of a union that came closest', () => {
    const schema = acme({
      at: z.union([z.string(), z.object({ a: z.number() })]),
      or: z.union([z.string(), z.number()]),
    });
    expect(check({ acme: { at: { a: 'x' }, or: true } }, schema).map(({ message }) => message)).toEqual([
      "acme.at.a must be a number, not a string: 'x'",
      'acme.or must be a string, not true or false, or must be a number, not true or false: true',
    ]);
  });

  it('gives the place of a value, and for an unknown key the place of the key', () => {
    const places: unknown[] = [];
    const config = configOf({ acme: { alpha: 'x', alhpa: 1 } }, (path, part) => {
      places.push([path.join('.'), part]);
      return { file: 'app-config.yaml', line: 4, column: 12 };
    });
    const {
      problems: [first, second],
    } = checkConfig({ config, schemas: [{ schema: acme({ alpha: z.number() }), owner: 'x' }] });
    expect(places).toEqual([
      ['acme.alpha', undefined],
      ['acme.alhpa', 'key'],
    ]);
    expect(first && formatConfigProblem(first)).toBe(
      "acme.alpha must be a number, not a string: 'x' (app-config.yaml:4:12)",
    );
    expect(second && formatConfigProblem(second)).toBe(
      "acme.alhpa is not a known key (app-config.yaml:4:12)\n  Did you mean 'alpha'?",
    );
  });

  it('describes a part of the config by its path', () => {
    const schema = z.object({ clientId: z.string() });
    const config = configOf({ auth: { providers: { oidc: { clientID: 'x' } } } });
    const { problems } = checkConfig({
      config,
      path: 'auth.providers.oidc',
      schemas: [{ schema, owner: 'x' }],
    });
    expect(problems.map(({ path, suggestion }) => [path, suggestion])).toEqual([
      ['auth.providers.oidc.clientId', undefined],
      ['auth.providers.oidc.clientID', "Did you mean 'clientId'?"],
    ]);
  });

  it('refuses schemas that validate asynchronously', () => {
    const schema = z.object({ a: z.string().refine(async () => true) });
    const asynchronous: ConfigSchema = {
      '~standard': { version: 1, vendor: 'x', validate: async () => ({ value: 1 }) },
    };
    expect(check({}, asynchronous)).toMatchObject([
      { code: 'ERR_CONFIG_SCHEMA_ASYNC', owner: "plugin 'p0'" },
    ]);
    expect(check({ a: 'x' }, schema)).toMatchObject([{ code: 'ERR_CONFIG_SCHEMA_ASYNC' }]);
  });

  it('says when a schema cannot describe itself, since its secrets would go unmarked', () => {
    const problems = check(
      { acme: { a: 1, b: 1 } },
      acme({ a: z.custom(() => true) }),
      acme({ b: z.number() }),
    );
    expect(problems.map(({ code, owner }) => [code, owner])).toEqual([
      ['ERR_CONFIG_SCHEMA_UNDESCRIBED', "plugin 'p0'"],
    ]);
  });
});

it('reads and checks an item of a list by its index', () => {
  const config = configOf({ acme: { list: [{ a: 1 }, { a: 'x', b: { c: 2 } }] } });
  const schema = z.object({ a: z.number() });
  expect(readConfig({ config, path: 'acme.list[0]', schema })).toEqual({ a: 1 });
  expect(readConfig({ config, path: 'acme.list[1].b', schema: z.object({ c: z.number() }) })).toEqual({
    c: 2,
  });
  const found = checkConfig({ config, path: 'acme.list[1]', schemas: [{ schema, owner: 'x' }] });
  expect(found.problems.map(({ path }) => path)).toEqual(['acme.list[1].a']);
  expect(found.warnings.map(({ path }) => path)).toEqual(['acme.list[1].b']);
});

describe('secrets', () => {
  const secret = z.string().meta({ visibility: 'secret' });

  it('are never quoted: not at their path, not by a message of the schema, not where another union member marks them', () => {
    const schema = acme({
      password: z.string().min(50).meta({ visibility: 'secret' }),
      pin: z.string().meta({ visibility: 'secret' }),
      either: z.union([z.string().min(99).meta({ visibility: 'secret' }), z.object({ a: z.number() })]),
      list: z.array(z.number()).meta({ visibility: 'secret' }),
      chatty: secret.refine(() => false, { error: (issue) => `does not like ${String(issue.input)}` }),
      copy: z.number(),
      apiKey: z.number(),
    });
    const secretOnes = {
      password: 'hunter-2',
      pin: 90210,
      either: 'swordfish',
      list: ['opensesame'],
      chatty: 'tell-me',
    };
    const problems = check({ acme: { ...secretOnes, copy: 'see hunter-2', apiKey: 'unmarked-1' } }, schema);
    expect(problems.map(({ path }) => path)).toEqual([
      'acme.password',
      'acme.pin',
      'acme.either',
      'acme.list[0]',
      'acme.chatty',
      'acme.copy',
      'acme.apiKey',
    ]);
    const text = new ConfigError(problems).message;
    for (const value of ['hunter-2', '90210', 'swordfish', 'opensesame', 'tell-me', 'unmarked-1']) {
      expect(text).not.toContain(value);
    }
  });

  it('that equal the name of their key are placeholders, and are not redacted everywhere that name stands', () => {
    const config = configOf({ acme: { secret: 'secret', other: 'o1' } });
    const schemas = [{ schema: acme({ secret, other: secret }), owner: 'x' }];
    expect([...secretValues({ config, schemas })]).toEqual(['o1']);
    const wrong = check({ acme: { secret: 'secret' } }, acme({ secret: secret.min(16) }));
    expect(wrong.map(({ message }) => message)).toEqual(['acme.secret must have at least 16 characters']);
  });

  it('are not the members of an object, where only the text in its place would be one', () => {
    const connection = z.union([secret, z.looseObject({ host: z.string(), password: secret.optional() })]);
    const schemas = [{ schema: acme({ connection }), owner: 'x' }];
    const secretsOf = (value: unknown) => [
      ...secretValues({ config: configOf({ acme: { connection: value } }), schemas }),
    ];
    expect(secretsOf({ host: 'db.test', password: 'p1', port: 5432 })).toEqual(['p1']);
    expect(secretsOf('postgres://jane:p1@db.test')).toEqual(['postgres://jane:p1@db.test']);
    expect(secretsOf(['p1'])).toEqual(['p1']);
  });

  it('are collected for redaction, with their paths', () => {
    const schema = acme({
      secret,
      keys: z.array(z.object({ secret })),
      all: z.object({ a: z.string(), n: z.number() }).meta({ visibility: 'secret' }),
      plain: z.string(),
    });
    const config = configOf({
      acme: { secret: 's1', keys: [{ secret: 's2' }], all: { a: 's3', n: 44 }, plain: 'p' },
    });
    const options = { config, schemas: [{ schema, owner: 'x' }] };
    expect([...secretValues(options)]).toEqual(['s1', 's2', 's3', '44']);
    expect(secretPaths(options)).toEqual(['acme.secret', 'acme.keys[0].secret', 'acme.all.a', 'acme.all.n']);
  });
});

describe('readConfig', () => {
  it('fills in defaults and leaves unknown keys to checkConfig', () => {
    const schema = z.object({ timeoutSeconds: z.number().default(10) });
    const value: { timeoutSeconds: number } = readConfig({
      config: configOf({ acme: { x: 1 } }),
      path: 'acme',
      schema,
    });
    expect(value).toEqual({ timeoutSeconds: 10 });
  });

  it('throws one error that lists every problem', () => {
    const schema = z.object({ a: z.number(), b: z.string().meta({ visibility: 'secret' }) });
    let thrown: unknown;
    try {
      readConfig({ config: configOf({ acme: { a: 'x', b: 123456 } }), path: 'acme', schema });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown).toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message:
        'the config has 2 problems\n' +
        "  acme.a must be a number, not a string: 'x'\n" +
        '  acme.b must be a string, not a number\n    Put it in quotes.',
      problems: [{ path: 'acme.a' }, { path: 'acme.b' }],
    });
  });
});
