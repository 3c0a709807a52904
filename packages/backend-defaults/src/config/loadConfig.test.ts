import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  checkConfig,
  ConfigError,
  type ConfigProblem,
  type LocatedConfig,
} from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { loadConfig, readSources, type ConfigSources } from './loadConfig.ts';
import { unsetVariableWarnings } from '../unusedConfig.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-config-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function load(files: Record<string, string>, sources: ConfigSources = {}): Promise<LocatedConfig> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return loadConfig({ environment: {}, directory, ...sources });
}

async function problemsOf(...parameters: Parameters<typeof load>): Promise<readonly ConfigProblem[]> {
  try {
    await load(...parameters);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the config was accepted');
}

const brief = ({ code, path, location }: ConfigProblem) =>
  [code, path, location && `${location.file}:${location.line}:${location.column}`] as const;

describe('the files', () => {
  it('are by default the app-config files that exist, the local ones last', async () => {
    const files = {
      'app-config.yaml': 'order: base\na: 1\n',
      'app-config.staging.yaml': 'order: staging\nb: 1\n',
      'app-config.local.yaml': 'order: local\nc: 1\n',
      'app-config.staging.local.yaml': 'order: staging-local\nd: 1\n',
      'app-config.other.yaml': 'order: other\ne: 1\n',
    };
    const config = await load(files, { environment: { BACKSTAGE_ENV: 'staging, absent' } });
    expect(config.get()).toEqual({ order: 'staging-local', a: 1, b: 1, c: 1, d: 1 });
    expect((await load({})).get()).toEqual({ order: 'local', a: 1, c: 1 });
  });

  it('are only those that are named, in their order, where any is named', async () => {
    const files = { 'app-config.yaml': 'a: 1', 'one.yaml': 'b: 1\nc: 1', 'two.yaml': 'c: 2' };
    expect((await load(files, { files: ['one.yaml', 'two.yaml'] })).get()).toEqual({ b: 1, c: 2 });
    expect((await load(files, { files: ['two.yaml', 'one.yaml'] })).get()).toEqual({ b: 1, c: 1 });
  });

  it('merge key by key; a list is replaced whole and null hides what was there', async () => {
    const files = {
      'app-config.yaml':
        'a: { x: 1, y: { p: 1 } }\nlist: [1, 2, 3]\ngone: { z: 1 }\nback: { old: 1 }\nflat: 1\n',
      'app-config.local.yaml': 'a: { y: { q: 2 } }\nlist: [9]\ngone: null\nback: ~\nflat: { now: deep }\n',
      'three.yaml': 'back: { new: 1 }\n',
    };
    const config = await load(files, { files: ['app-config.yaml', 'app-config.local.yaml', 'three.yaml'] });
    expect(config.get()).toEqual({
      a: { x: 1, y: { p: 1, q: 2 } },
      list: [9],
      back: { new: 1 },
      flat: { now: 'deep' },
    });
    expect(config.has('gone')).toBe(false);
    expect(config.keys()).not.toContain('gone');
  });

  it('may be JSON and may be empty', async () => {
    const config = await load(
      { 'a.json': '{\n  "a": { "b": 1 }\n}', 'b.yaml': '', 'c.yaml': '# nothing\n' },
      {
        files: ['a.json', 'b.yaml', 'c.yaml'],
      },
    );
    expect(config.get()).toEqual({ a: { b: 1 } });
    expect(config.locate(['a', 'b'])).toEqual({ file: 'a.json', line: 2, column: 15 });
  });
});

describe('the environment', () => {
  it('wins over every file, as JSON or as text', async () => {
    const config = await load(
      { 'app-config.yaml': 'a: { b: 1, c: 2 }\n' },
      {
        environment: {
          APP_CONFIG_a_b: '{"deep":[1]}',
          APP_CONFIG_a_d: 'plain text',
          'APP_CONFIG_some-key': '7',
          APP_CONFIG_empty: '',
        },
      },
    );
    expect(config.get()).toEqual({ a: { b: { deep: [1] }, c: 2, d: 'plain text' }, 'some-key': 7 });
    expect(config.locate(['a', 'b', 'deep'])).toEqual({ file: '$APP_CONFIG_a_b', line: 0, column: 0 });
  });

  it('names the level of the log by LOG_LEVEL', async () => {
    const files = { 'app-config.yaml': 'backend: { logger: { level: info } }' };
    expect((await load(files, { environment: { LOG_LEVEL: 'DEBUG' } })).get('backend.logger.level')).toBe(
      'debug',
    );
    const both = { LOG_LEVEL: 'warn', APP_CONFIG_backend_logger_level: 'error' };
    expect((await load(files, { environment: both })).get('backend.logger.level')).toBe('error');
  });

  it('reports variables that name no key, collide, or are null', async () => {
    const environment = {
      APP_CONFIG_a__b: '1',
      APP_CONFIG_c: '1',
      APP_CONFIG_c_d: '2',
      APP_CONFIG_e: 'null',
    };
    const problems = await problemsOf({ 'app-config.yaml': 'a: 1' }, { environment });
    expect(problems.map(({ code, location }) => [code, location?.file])).toEqual([
      ['ERR_CONFIG_ENVIRONMENT_INVALID', '$APP_CONFIG_a__b'],
      ['ERR_CONFIG_ENVIRONMENT_INVALID', '$APP_CONFIG_c_d'],
      ['ERR_CONFIG_ENVIRONMENT_INVALID', '$APP_CONFIG_e'],
    ]);
  });
});

describe('substitution', () => {
  it('fills in variables, defaults and the escape; an unset variable makes the whole value absent', async () => {
    const config = await load(
      {
        'app-config.yaml': [
          'set: a-${A}-${ A }',
          'fallback: ${B:-b:-c}',
          'emptyFallsBack: ${E:-used}',
          'empty: "${E}"',
          'absent: x${B}',
          'absentToo: ${B:-}',
          'escaped: $${A} $$${A} ${A',
          'list: ["${B}", "${A}"]',
          'number: ${N}',
        ].join('\n'),
      },
      { environment: { A: ' value ', E: '', N: '1' } },
    );
    expect(config.get()).toEqual({
      set: 'a-value-value',
      fallback: 'b:-c',
      emptyFallsBack: 'used',
      empty: '',
      escaped: '${A} $${A} ${A',
      list: ['value'],
      number: '1',
    });
  });

  it('names the variables that are not set where a value of ours is absent therefore', async () => {
    const files = {
      'app-config.yaml': [
        'auth:',
        '  session: { secret: "${SECRET}" }',
        '  environment: ${STAGE}',
        'backend: { baseUrl: { $env: BASE_URL }, listen: "${HOST:-127.0.0.1}:7007" }',
        'integrations: { token: "${THEIRS}" }',
      ].join('\n'),
      'app-config.local.yaml': 'auth: { environment: local }\n',
    };
    expect(unsetVariableWarnings(await load(files))).toEqual([
      'auth.session.secret (app-config.yaml:2:22) has no value: the environment variable SECRET is not set',
      'backend.baseUrl (app-config.yaml:4:23) has no value: the environment variable BASE_URL is not set',
    ]);
    const environment = { SECRET: 's', BASE_URL: 'http://localhost' };
    expect(unsetVariableWarnings(await load(files, { environment }))).toEqual([]);
  });

  it('names those in a list, too, unless another file has replaced the list', async () => {
    const files = {
      'app-config.yaml': [
        'auth:',
        '  staticClients:',
        '    - { clientId: a, clientSecret: "${A}" }',
        '    - { clientId: b, clientSecret: "${B:-given}" }',
        '    - ${C}',
      ].join('\n'),
    };
    expect(unsetVariableWarnings(await load(files))).toEqual([
      'auth.staticClients[0].clientSecret (app-config.yaml:3:36) has no value: the environment variable A is not set',
    ]);
    const replaced = { ...files, 'app-config.local.yaml': 'auth: { staticClients: [{ clientId: c }] }\n' };
    expect(unsetVariableWarnings(await load(replaced))).toEqual([]);
  });

  it('takes files, variables and parts of other files, relative to the file that names them', async () => {
    const config = await load(
      {
        'app-config.yaml':
          'secret: { $file: keys/secret.txt }\nname: { $env: NAME }\nunset: { $env: UNSET }\nall: { $include: parts/all.yaml }\n' +
          'one: { $include: "parts/all.yaml#deep.one" }\nmissing: { $include: "parts/all.yaml#nothing" }\nkeep: 1\n',
        'keys/secret.txt': 'text\nwith lines\n\n',
        'parts/all.yaml':
          'deep:\n  one: ${NAME}!\n  file: { $file: ../keys/secret.txt }\n  json: { $include: "${WHERE}.json" }\n',
        'parts/more.json': '{ "from": "json" }',
      },
      { environment: { NAME: 'jane', WHERE: './more' } },
    );
    const deep = { one: 'jane!', file: 'text\nwith lines', json: { from: 'json' } };
    expect(config.get()).toEqual({
      secret: 'text\nwith lines',
      name: 'jane',
      all: { deep },
      one: 'jane!',
      keep: 1,
    });
    expect(config.locate(['all', 'deep', 'one'])).toEqual({ file: 'parts/all.yaml', line: 2, column: 8 });
  });

  it('reports misuse with its place', async () => {
    const problems = await problemsOf({
      'app-config.yaml':
        'a: { $file: x, other: 1 }\nb:\n  $env: [A]\nc: { $file: "${UNSET}" }\nd: { $include: x.txt }\n' +
        'e: { $include: "f.yaml#a.b" }\nf: { $include: absent.yaml }\ng:\n  - $file: absent.txt\n',
      'f.yaml': 'a: 1\n',
    });
    expect(problems.map(brief)).toEqual([
      ['ERR_CONFIG_INCLUDE_INVALID', 'a', 'app-config.yaml:1:6'],
      ['ERR_CONFIG_INCLUDE_INVALID', 'b', 'app-config.yaml:3:3'],
      ['ERR_CONFIG_INCLUDE_INVALID', 'c', 'app-config.yaml:4:6'],
      ['ERR_CONFIG_INCLUDE_INVALID', 'd', 'app-config.yaml:5:6'],
      ['ERR_CONFIG_INCLUDE_INVALID', 'e', 'app-config.yaml:6:6'],
      ['ERR_CONFIG_FILE_MISSING', 'f', 'app-config.yaml:7:6'],
      ['ERR_CONFIG_FILE_MISSING', 'g[0]', 'app-config.yaml:9:5'],
    ]);
  });

  it('finds circles of includes and prints them', async () => {
    const problems = await problemsOf({
      'app-config.yaml': 'a: { $include: one.yaml }\nself: { $include: "app-config.yaml#self" }\n',
      'one.yaml': 'b: { $include: two.yaml }',
      'two.yaml': 'c:\n  d: { $include: one.yaml }',
    });
    expect(problems.map(brief)).toEqual([
      ['ERR_CONFIG_INCLUDE_CYCLE', 'a.b.c.d', 'two.yaml:2:8'],
      ['ERR_CONFIG_INCLUDE_CYCLE', 'self', 'app-config.yaml:2:9'],
    ]);
    expect(problems[0]?.message).toBe('a.b.c.d: $include goes in a circle: one.yaml -> two.yaml -> one.yaml');
  });
});

describe('faults in the files', () => {
  it('are reported all at once, with file, line and column', async () => {
    const problems = await problemsOf(
      {
        'one.yaml':
          'auth:\n  environment: development\n  environment: production\n  session:\n  bad: "open\n',
        'two.yaml': 'a:\n  b: 1\n  b: 2\n__proto__: { polluted: true }\n? [x]\n: 1\n',
        'three.yaml': '- a\n- b\n',
        'four.yaml': 'a: 1\n---\nb: 2\n',
      },
      { files: ['one.yaml', 'absent.yaml', 'two.yaml', 'three.yaml', 'four.yaml'] },
    );
    expect(problems.map(brief)).toEqual([
      ['ERR_CONFIG_SYNTAX', '', 'one.yaml:6:1'],
      ['ERR_CONFIG_FILE_MISSING', '', undefined],
      ['ERR_CONFIG_DUPLICATE_KEY', 'a.b', 'two.yaml:3:3'],
      ['ERR_CONFIG_KEY_FORBIDDEN', '__proto__', 'two.yaml:4:1'],
      ['ERR_CONFIG_SYNTAX', '', 'two.yaml:5:3'],
      ['ERR_CONFIG_NOT_AN_OBJECT', '', 'three.yaml:1:1'],
      ['ERR_CONFIG_SYNTAX', '', 'four.yaml:2:1'],
    ]);
  });

  it('keep nothing else from being read: what is left comes with them, and the keys whose values are not there', async () => {
    const files = {
      'app-config.yaml': [
        'good: { a: 1 }',
        'twice: 1',
        'twice: 2',
        'included: { $include: missing.yaml }',
        'filed: { $file: missing.txt }',
        'named: { $include: "${STAGE}.yaml" }',
        'list: [a, { $include: missing.yaml }, c]',
        'constructor: 1',
        'deep: { odd: !!binary aGk=, even: 2 }',
      ].join('\n'),
      'broken.yaml': 'a: {',
      'last.yaml': 'good: { b: 2 }\npart: { $include: faulty.yaml }\n',
      'faulty.yaml': 'x: 1\nx: 2\ny: 3\n',
    };
    const error = (await load(files, {
      files: ['app-config.yaml', 'broken.yaml', 'absent.yaml', 'last.yaml'],
    }).catch((thrown: unknown) => thrown)) as ConfigError;
    expect(error.problems.map(brief)).toEqual([
      ['ERR_CONFIG_DUPLICATE_KEY', 'twice', 'app-config.yaml:3:1'],
      ['ERR_CONFIG_KEY_FORBIDDEN', 'constructor', 'app-config.yaml:8:1'],
      ['ERR_CONFIG_SYNTAX', 'deep.odd', 'app-config.yaml:9:23'],
      ['ERR_CONFIG_FILE_MISSING', 'included', 'app-config.yaml:4:13'],
      ['ERR_CONFIG_FILE_MISSING', 'filed', 'app-config.yaml:5:10'],
      ['ERR_CONFIG_INCLUDE_INVALID', 'named', 'app-config.yaml:6:10'],
      ['ERR_CONFIG_FILE_MISSING', 'list[1]', 'app-config.yaml:7:13'],
      ['ERR_CONFIG_SYNTAX', '', 'broken.yaml:1:5'],
      ['ERR_CONFIG_FILE_MISSING', '', undefined],
      ['ERR_CONFIG_DUPLICATE_KEY', 'part', 'faulty.yaml:2:1'],
    ]);
    expect(error.rest?.config.getOptional()).toEqual({
      good: { a: 1, b: 2 },
      twice: 1,
      filed: expect.stringMatching(/^https:/),
      list: ['a', null, 'c'],
      deep: { even: 2 },
      part: { x: 1, y: 3 },
    });
    expect(error.rest?.unread).toEqual(['deep.odd', 'included', 'filed', 'named', 'list[1]', '']);
  });

  it('never quote the text around them, which may be a secret', async () => {
    const problems = await problemsOf(
      {
        'one.yaml': 'secret: hunter2 : x\n',
        'two.yaml': 'secret: "hunter2\n',
        'three.yaml': 'secret: *hunter2\n',
        'four.yaml': 'secret: @hunter2\n',
        'five.yaml': 'secret: {hunter2 ] x\n',
        'six.yaml': '\thunter2: x\n hunter2',
      },
      { files: ['one.yaml', 'two.yaml', 'three.yaml', 'four.yaml', 'five.yaml', 'six.yaml'] },
    );
    expect(new Set(problems.map(({ location }) => location?.file)).size).toBe(6);
    expect(new ConfigError(problems).message).not.toContain('hunter2');
  });

  it('includes aliases that would multiply a small file without bound', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    }
    const problems = await problemsOf({ 'app-config.yaml': lines.join('\n') });
    expect(problems.map(({ code }) => code)).toEqual(['ERR_CONFIG_SYNTAX']);
  });

  it('includes a directory in place of a file and text that is not UTF-8', async () => {
    await mkdir(join(directory, 'folder.yaml'));
    await writeFile(join(directory, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    const problems = await problemsOf({}, { files: ['folder.yaml', 'latin.yaml'] });
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['ERR_CONFIG_FILE_UNREADABLE', 'the file folder.yaml cannot be read: it is a directory'],
      ['ERR_CONFIG_FILE_UNREADABLE', 'the file latin.yaml cannot be read: it is not UTF-8'],
    ]);
  });

  it('includes having no config at all', async () => {
    expect((await problemsOf({})).map(brief)).toEqual([['ERR_CONFIG_FILE_MISSING', '', undefined]]);
  });
});

describe('with schemas', () => {
  it('two faults in one file are both reported with line and column', async () => {
    const config = await load({
      'app-config.yaml':
        'backend:\n  baseUrl: localhost 7007\n\nauth:\n  sesion:\n    secret: hunter-2-hunter-2\n',
    });
    const schema = z.object({
      backend: z.object({ baseUrl: z.url() }),
      auth: z.object({ session: z.object({ secret: z.string().meta({ visibility: 'secret' }) }).optional() }),
    });
    const { problems } = checkConfig({ config, schemas: [{ schema, owner: "plugin 'auth'" }] });
    expect(new ConfigError(problems).message).toBe(
      'the config has 2 problems\n' +
        "  backend.baseUrl is not a URL: 'localhost 7007' (app-config.yaml:2:12)\n" +
        '  auth.sesion is not a known key (app-config.yaml:5:3)\n' +
        "    Did you mean 'session'?",
    );
  });
});

describe('with stand-ins', () => {
  const standIns = { variable: (name: string) => `var-${name}`, file: (name: string) => `file-${name}` };
  const read = async (files: Record<string, string>, names = Object.keys(files)) => {
    await load(files, { data: {} });
    return readSources({ files: names, directory, standIns, environment: {} });
  };

  it('no variable is read and no file of a value is opened; each value says what gives it', async () => {
    const { config, problems, outside } = await read(
      {
        'app-config.yaml':
          'a: ${ONE}\nb: [x, "${ONE}-${TWO}"]\nc: { $env: THREE }\nd: { $file: secret.txt }\ne: ${FIVE:-5}\nf: ${GONE}\n',
        'over.yaml': 'f: here\n',
        'secret.txt': 'hunter2',
      },
      ['app-config.yaml', 'over.yaml'],
    );
    expect(config.get()).toEqual({
      a: 'var-ONE',
      b: ['x', 'var-ONE-var-TWO'],
      c: 'var-THREE',
      d: 'file-secret.txt',
      e: '5',
      f: 'here',
    });
    expect(problems).toEqual([]);
    const [one, two, three] = ['ONE', 'TWO', 'THREE'].map((name) => ({ kind: 'variable', name }));
    expect(outside).toEqual([
      { path: ['a'], sources: [one] },
      { path: ['b', 1], sources: [one, two] },
      { path: ['c'], sources: [three] },
      { path: ['d'], sources: [{ kind: 'file', name: 'secret.txt' }] },
    ]);
  });

  it('a file that is not there is a problem, and stood in for all the same', async () => {
    const { config, problems, unread } = await read({
      'app-config.yaml': 'a: { $file: missing.txt }\nb: { $file: . }\n',
    });
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['ERR_CONFIG_FILE_MISSING', 'a'],
      ['ERR_CONFIG_FILE_UNREADABLE', 'b'],
    ]);
    expect(config.get('a')).toBe('file-missing.txt');
    expect(unread).toEqual(['a', 'b']);
  });

  it('which file a name with a variable is, is not known', async () => {
    const { config, problems, unread, unknownIncludes } = await read({
      'app-config.yaml': 'a: { $include: "${STAGE}.yaml" }\nb: { $file: "${STAGE}.txt" }\n',
    });
    expect(problems).toEqual([]);
    expect(config.get()).toEqual({ b: 'file-${STAGE}.txt' });
    expect(unread).toEqual(['a']);
    expect(unknownIncludes).toEqual([
      {
        name: '${STAGE}.yaml',
        path: 'a',
        variables: ['STAGE'],
        location: { file: 'app-config.yaml', line: 1, column: 6 },
      },
      expect.objectContaining({ name: '${STAGE}.txt', path: 'b', variables: ['STAGE'] }),
    ]);
  });
});

describe('what gave a value', () => {
  it('is told of each that no file holds itself', async () => {
    const config = await load(
      {
        'secret.txt': 'x\n',
        'app-config.yaml':
          'a: ${ONE}\nb: "${ONE}-${TWO:-2}-${THREE:-3}"\nc: { $env: ONE }\nd: { $file: secret.txt }\ne: plain\nf: ["${TWO:-2}"]\n',
      },
      { environment: { ONE: '1', THREE: '33', APP_CONFIG_g: '{"h": true}' } },
    );
    const one = 'the environment variable ONE';
    const sources = ['a', 'b', 'c', 'd', 'e', 'f.0', 'g', 'g.h'].map((key) =>
      config.sourceOf?.(key.split('.').map((step) => (step === '0' ? 0 : step))),
    );
    expect(sources).toEqual([
      one,
      'the environment variables ONE and THREE',
      one,
      'the file secret.txt',
      undefined,
      undefined,
      undefined,
      'the environment variable APP_CONFIG_g',
    ]);
  });
});
