import { describe, expect, it } from '@jest/globals';
import { NotAllowedError, ServiceUnavailableError, type JsonObject } from '@vestibule/backend-plugin-api';
import { createConfigReader } from '../config/configReader.ts';
import { treeOf } from '../config/configTree.ts';
import { createRootLogger, type RootLoggerOptions } from './createRootLogger.ts';
import { redactForDisplay } from './redactForDisplay.ts';
import { terminalLine } from './terminalLine.ts';

function logged(
  options: RootLoggerOptions,
  act: (logger: ReturnType<typeof createRootLogger>) => void,
): JsonObject[] {
  const lines: string[] = [];
  act(createRootLogger({ ...options, write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

describe('the root logger', () => {
  it('writes one JSON object a line, with the fields of its children', () => {
    const [line, ...more] = logged({ meta: { region: 'eu' } }, (logger) =>
      logger.child({ plugin: 'auth' }).child({ attempt: 1 }).info('signed in', { user: 'user:default/jane' }),
    );
    expect(more).toEqual([]);
    expect(line).toEqual({
      level: 'info',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      region: 'eu',
      plugin: 'auth',
      attempt: 1,
      user: 'user:default/jane',
      message: 'signed in',
    });
  });

  it('writes its level and what is above', () => {
    const all = (logger: ReturnType<typeof createRootLogger>) => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level](level);
    };
    expect(logged({}, all).map(({ message }) => message)).toEqual(['info', 'warn', 'error']);
    expect(logged({ level: 'error' }, all).map(({ message }) => message)).toEqual(['error']);
    expect(logged({ level: 'debug' }, all)).toHaveLength(4);
  });

  it('describes an error by code, hint and causes, without its other properties', () => {
    const root = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      request: { huge: true },
    });
    const refused = new NotAllowedError('ERR_AUTH_REFUSED', 'no', {
      hint: 'ask',
      cause: new Error('fetch failed', { cause: root }),
    });
    const [line] = logged({}, (logger) => logger.warn('refused', refused));
    expect(line?.error).toEqual({
      name: 'NotAllowedError',
      message: 'no',
      code: 'ERR_AUTH_REFUSED',
      hint: 'ask',
      cause: {
        name: 'Error',
        message: 'fetch failed',
        cause: { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      },
    });
  });

  it('gives the stack of a fault of ours always, of a refusal only at level debug', () => {
    const stackOf = (line: JsonObject | undefined) => (line?.error as JsonObject).stack;
    const refusal = new NotAllowedError('ERR_X', 'no');
    const [fault, down, refused] = logged({}, (logger) => {
      logger.error('fault', new TypeError('x is undefined'));
      logger.error('down', new ServiceUnavailableError('ERR_Y', 'down'));
      logger.info('refused', refusal);
    });
    expect(stackOf(fault)).toContainEqual(expect.stringContaining('rootLogger.test'));
    expect(stackOf(down)).toBeDefined();
    expect(stackOf(refused)).toBeUndefined();
    const [atDebug] = logged({ level: 'debug' }, (logger) => logger.info('refused', refusal));
    expect(stackOf(atDebug)).toBeDefined();
  });

  it('describes errors in fields, thrown texts, and an error in place of the message', () => {
    const lines = logged({}, (logger) => {
      logger.warn('field', {
        error: new NotAllowedError('ERR_X', 'no'),
        attempts: [new NotAllowedError('ERR_Y', 'nor')],
      } as never);
      logger.warn(new NotAllowedError('ERR_Z', 'odd') as never);
      logger.warn('text', 'just text' as never);
    });
    expect(lines).toMatchObject([
      { error: { code: 'ERR_X' }, attempts: [{ code: 'ERR_Y' }] },
      { message: 'odd', error: { code: 'ERR_Z' } },
      { message: 'text', meta: 'just text' },
    ]);
  });

  it('keeps what only looks like a secret: codes of ours, whether there is one, ordinary words', () => {
    const [line] = logged({}, (logger) =>
      logger.info('a basic token count', {
        code: 'ERR_AUTH_X',
        token: null,
        secret: true,
        note: 'code=ERR_AUTH_X',
        tokenEndpoint: '/token',
      }),
    );
    expect(line).toMatchObject({
      message: 'a basic token count',
      code: 'ERR_AUTH_X',
      token: null,
      secret: true,
      note: 'code=ERR_AUTH_X',
      tokenEndpoint: '/token',
    });
  });
});

describe('values that the operator lets be written', () => {
  const redactAllowlist = [' postgres ', 'admin-of-nothing'];

  it('are written also where a secret in the config is the same, and no other is', () => {
    const lines = logged({ redactAllowlist }, (logger) => {
      logger.addRedactions(['postgres', 'postgres-secret-1', 'admin-of-nothing']);
      logger.info('user postgres of admin-of-nothing has postgres-secret-1', {
        password: 'postgres',
        token: 'another-secret',
        list: ['password', 'admin-of-nothing'],
      });
    });
    expect(lines).toMatchObject([
      {
        message: 'user postgres of admin-of-nothing has (redacted)',
        password: 'postgres',
        token: '(redacted)',
        list: ['password', 'admin-of-nothing'],
      },
    ]);
  });

  it('are whole values: what only holds one is none, and what looks like a credential stays out', () => {
    const [line] = logged({ redactAllowlist: ['postgres', ''] }, (logger) => {
      logger.addRedactions(['postgres-2', 'Postgres']);
      logger.info('postgres-2 Postgres postgres://a:hunter-2@db.test Bearer postgres', {
        secret: 'POSTGRES',
      });
    });
    expect(line).toMatchObject({
      message: '(redacted) (redacted) postgres://a:(redacted)@db.test Bearer (redacted)',
      secret: '(redacted)',
    });
  });

  it('are told by backend.logger.redactAllowlist, for the log and for a start that fails', async () => {
    const data = {
      backend: {
        logger: { redactAllowlist: ['postgres'] },
        database: { connection: { password: 'postgres' } },
      },
      auth: { session: { secret: 'hunter-2-hunter-2' } },
    };
    const config = createConfigReader(treeOf(data), 'data');
    expect(redactForDisplay('postgres said hunter-2-hunter-2', config)).toBe('postgres said (redacted)');
    const wrong = createConfigReader(
      treeOf({ ...data, backend: { ...data.backend, logger: { redactAllowlist: 'postgres' } } }),
      'data',
    );
    expect(redactForDisplay('postgres', wrong)).toBe('(redacted)');
  });
});

it('redacts text that is shown without being logged, and keeps its lines', () => {
  const config = createConfigReader(treeOf({ auth: { session: { secret: 'hunter-2-hunter-2' } } }), 'data');
  const text = 'Could not start:\n  cannot reach postgres://a:b-c-d@db.test with hunter-2-hunter-2\u001b[2J';
  expect(redactForDisplay(text, config)).toBe(
    'Could not start:\n  cannot reach postgres://a:(redacted)@db.test with (redacted)\\u001b[2J',
  );
});

describe('a line on a terminal', () => {
  it('has time, level, plugin, message and fields; an error stands below with its causes', () => {
    const record = {
      level: 'warn',
      timestamp: '2026-01-02T03:04:05.678Z',
      plugin: 'auth',
      provider: 'oidc',
      list: [1],
      message: 'provider is down',
      error: {
        name: 'E',
        message: 'm',
        code: 'ERR_X',
        hint: 'Look.',
        cause: { name: 'C', message: 'c', stack: ['at f'] },
      },
    };
    expect(terminalLine(record, false)).toBe(
      '03:04:05 warn  auth provider is down provider=oidc list=[1]\n' +
        '  E ERR_X: m\n    Look.\n    caused by C: c\n        at f\n',
    );
    expect(terminalLine(record, true)).toContain('\u001b[33mwarn');
  });
});
