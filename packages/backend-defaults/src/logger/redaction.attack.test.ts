import { describe, expect, it } from '@jest/globals';
import { createRootLogger, type LogLevel } from './createRootLogger.ts';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvamFuZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ';
const levels: LogLevel[] = ['error', 'warn', 'info', 'debug'];
const formats = ['json', 'text'] as const;

/** All that is written, at every level and in both formats, when `act` logs. */
function written(
  act: (log: (message: string, meta?: Error | object) => void) => void,
  secrets: readonly string[] = [],
): string {
  let output = '';
  for (const format of formats) {
    for (const level of levels) {
      const root = createRootLogger({ level: 'debug', format, write: (line) => (output += line) });
      root.addRedactions(secrets);
      const logger = root.child({ plugin: 'auth' });
      act((message, meta) => logger[level](message, meta as never));
    }
  }
  return output;
}

describe('no credential passes', () => {
  it.each([
    ['authorization', 'opaque-credential'],
    ['Authorization', 'opaque-credential'],
    ['proxy-authorization', 'opaque-credential'],
    ['cookie', 'opaque-credential'],
    ['Set-Cookie', ['opaque-credential']],
    ['token', 'opaque-credential'],
    ['backstageToken', 'opaque-credential'],
    ['access_token', 'opaque-credential'],
    ['accessToken', { inner: 'opaque-credential' }],
    ['id_token', 'opaque-credential'],
    ['refresh-token', 'opaque-credential'],
    ['code', 'opaque-credential'],
    ['code_verifier', 'opaque-credential'],
    ['codeVerifier', 'opaque-credential'],
    ['client_secret', 'opaque-credential'],
    ['clientSecret', 'opaque-credential'],
    ['password', 'opaque-credential'],
    ['secret', 'opaque-credential'],
    ['secrets', ['opaque-credential']],
  ])('in the field %s, at any depth', (name, value) => {
    const output = written((log) => {
      log('top', { [name]: value });
      log('deep', { request: { list: [{ [name]: value }] } });
      log('map', { map: new Map([[name, value]]) });
    });
    expect(output).toContain('(redacted)');
    expect(output).not.toContain('opaque-credential');
  });

  it.each([
    ['a JWT', `token ${jwt} refused`, 'eyJzdWIi'],
    ['a JWT in a path', `/api/${jwt}/x`, 'c2lnbmF0'],
    ['an encrypted JWT', 'eyJhbGciOiJkaXIifQ..aXYtaXYtaXY.Y2lwaGVydGV4dA.dGFn', 'Y2lwaGVydGV4dA'],
    ['a bearer credential', 'sent Authorization with Bearer opaque+cred/ential==', 'opaque+cred'],
    ['a bearer credential in lower case', 'bearer opaque-credential', 'opaque-credential'],
    ['a basic credential', 'Basic dmVzdGlidWxlOmh1bnRlcjI=', 'dmVzdGli'],
    ['a header line', 'Cookie: a=opaque-one; b=opaque-two', 'opaque-'],
    ['a header in JSON', '{"set-cookie":["a=opaque-one"]}', 'opaque-one'],
    ['a callback URL', 'GET /callback?state=x&code=opaque-code&iss=y', 'opaque-code'],
    ['a code at the start', 'code=opaque-code', 'opaque-code'],
    ['a fragment', 'https://a.test/#access_token=opaque-token&x=1', 'opaque-token'],
    ['a URL within a URL', '/start?next=https%3A%2F%2Fa.test%2F%3Fcode%3Dopaque-code%26x%3D1', 'opaque-code'],
    ['a form', 'grant_type=refresh_token&refresh_token=opaque-token&client_secret=opaque-secret', 'opaque-'],
    ['JSON in a text', 'answered {"access_token":"opaque-token","id_token": "opaque-id"}', 'opaque-'],
    [
      'JSON in JSON',
      JSON.stringify({ body: JSON.stringify({ refresh_token: 'opaque-token' }) }),
      'opaque-token',
    ],
    ['JSON that was cut off', 'answered {"refresh_token":"opaque-tok', 'opaque-tok'],
    ['a database URL', 'postgres://vestibule:hunter2@db.test/auth', 'hunter2'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----', 'MIGHAgEA'],
    ['a private key that was cut off', '-----BEGIN EC PRIVATE KEY-----\nMIGHAgEA', 'MIGHAgEA'],
  ])('as %s inside a text: message, field, key, error, cause', (_, text, secret) => {
    const output = written((log) => {
      log(text);
      log('field', { note: text, list: [text], [text]: 1 });
      const cause = Object.assign(new Error(text), { hint: text, response: { body: text } });
      log('error', new Error(text, { cause }));
      log('aggregate', new AggregateError([cause], text));
      log('thrown text', { error: new Error('x', { cause: text }) });
    });
    expect(output).not.toContain(secret);
  });

  it('that was marked secret in the config, however it is written', () => {
    const secret = 'a b+c/"d"&é-long-enough';
    const key = `-----BEGIN X-----\n${'line-of-a-key-'.repeat(4)}\n-----END X-----`;
    const output = written(
      (log) => {
        log(`plain ${secret} and ${encodeURIComponent(secret)}`);
        log('field', {
          note: secret,
          json: JSON.stringify({ a: secret }),
          [secret]: 1,
          number: 90210,
          big: 90210n,
        });
        log('form', {
          form: new URLSearchParams({ a: secret }),
          url: new URL(`https://a.test/?q=${encodeURIComponent(secret)}`),
        });
        log('base64', {
          a: Buffer.from(secret).toString('base64'),
          b: Buffer.from(secret).toString('base64url'),
        });
        log('one line of a key', { line: 'line-of-a-key-'.repeat(4) });
        log('error', new Error(secret, { cause: new Error(key) }));
        log('dates and numbers stay', { at: new Date(0), count: 3 });
      },
      [secret, key, '90210'],
    );
    for (const form of [
      secret,
      'long-enough',
      'line-of-a-key',
      '90210',
      Buffer.from(secret).toString('base64').slice(0, 16),
    ]) {
      expect(output).not.toContain(form);
    }
    expect(output).toContain('1970-01-01');
  });

  it('in raw headers, Headers objects, requests inside errors, and objects that hide', () => {
    const error = Object.assign(new Error('failed'), {
      config: { headers: { authorization: 'opaque-credential' } },
      request: { rawHeaders: ['Cookie', 'opaque-credential'] },
    });
    const hiding = {
      get trap(): string {
        throw new Error('opaque-credential');
      },
      toJSON: () => ({ note: 'opaque-credential' }),
      body: Buffer.from('opaque-credential'),
      call: () => 'opaque-credential',
    };
    const circular: Record<string, unknown> = { token: 'opaque-credential' };
    circular.self = circular;
    const output = written((log) => {
      log('raw', {
        rawHeaders: ['Accept', '*/*', 'Authorization', 'opaque-credential', 'cookie', 'opaque-credential'],
      });
      log('headers', { headers: new Headers({ cookie: 'opaque-credential', accept: 'x' }) });
      // What only says that it is one.
      log('headers', { headers: Object.assign([null, 7], { [Symbol.toStringTag]: 'Headers' }) });
      log('error', error);
      log('hiding', hiding);
      log('circular', circular);
    });
    expect(output).not.toContain('opaque-credential');
    expect(output).toContain('(circular)');
  });

  it('that was written before it was known to be one', () => {
    let output = '';
    const root = createRootLogger({ format: 'json', write: (line) => (output += line) });
    root.info('hunter-2', { 'hunter-2': 'hunter-2' });
    root.info('hunter-2', { 'hunter-2': 'hunter-2' });
    expect(output).toContain('hunter-2');
    root.addRedactions(['hunter-2']);
    output = '';
    root.info('hunter-2', { 'hunter-2': 'hunter-2' });
    expect(output).toContain('"level":"info"');
    expect(output).not.toContain('hunter-2');
  });

  it('however much is written: what was written as it is, is remembered in two bounded sets', () => {
    let output = '';
    const root = createRootLogger({ format: 'json', write: (line) => (output = line) });
    for (let index = 0; index < 5000; index += 1) root.info(`line-${index}`, { number: `value-${index}` });
    expect(output).toContain('"number":"value-4999"');
    root.info('again', { number: 'value-4999', token: 'value-4999' });
    expect(output).toContain('"number":"value-4999"');
    expect(output).toContain('"token":"(redacted)"');
  });

  it('and no field is lost that is called as the prototype is', () => {
    let output = '';
    const root = createRootLogger({ format: 'json', write: (line) => (output += line) });
    root.info('m', JSON.parse('{"a":1,"__proto__":{"b":2}}') as object as never);
    expect(output).toContain('"a":1,"__proto__":{"b":2}');
  });

  it('from a child logger whose fields came before the secret was known', () => {
    let output = '';
    const root = createRootLogger({ write: (line) => (output += line) });
    const child = root.child({ note: 'hunter-2', nested: { password: 'x-y-z' } });
    root.addRedactions(['hunter-2']);
    child.info('hello');
    expect(JSON.parse(output)).toMatchObject({ note: '(redacted)', nested: { password: '(redacted)' } });
  });
});

describe('no text forges a line', () => {
  it('in JSON or on a terminal: line breaks, escape sequences and direction marks are escaped', () => {
    const forged = 'x\r\n12:00:00 info  all is well\u001b[2J\u0085\u2028\u202e';
    for (const format of formats) {
      let output = '';
      const logger = createRootLogger({ format, write: (line) => (output += line) });
      logger.warn(forged, { [forged]: forged, list: [forged] });
      logger.warn('error', Object.assign(new Error(forged), { statusCode: 400, name: forged, hint: forged }));
      // eslint-disable-next-line no-control-regex -- these are what must not come through
      expect(output).not.toMatch(/[\r\u001b\u0085\u2028\u202e]/);
      const lines = output.trimEnd().split('\n');
      expect(lines.filter((line) => /^\d\d:\d\d:\d\d info/.test(line))).toEqual([]);
      expect(lines.filter((line) => !line.startsWith('  '))).toHaveLength(2);
    }
  });

  it('by a field that takes the place of the level, the time or the message', () => {
    let output = '';
    createRootLogger({ write: (line) => (output += line) }).info('real', {
      level: 'error',
      timestamp: 'never',
      message: 'fake',
    });
    expect(JSON.parse(output)).toMatchObject({ level: 'info', message: 'real', message_: 'fake' });
    expect(output.match(/"message":/g)).toHaveLength(1);
  });
});

describe('no value stops the log', () => {
  it('however large, deep, long or odd it is', () => {
    let deep: object = {};
    for (let level = 0; level < 1000; level++) deep = { deep };
    const odd = {
      deep,
      long: 'x'.repeat(1_000_000),
      many: Array.from({ length: 10_000 }, (_, index) => index),
      none: Number.NaN,
    };
    const texts = ['a-', '\\', '"code":', 'eyJ', 'a.', '%3D', 'x://', 'Bearer '].map((text) =>
      text.repeat(40_000),
    );
    const began = performance.now();
    const output = written((log) => {
      log('odd', odd);
      log('symbol', {
        [Symbol('s')]: 1,
        symbol: Symbol('s'),
        missing: undefined,
        invalid: new Date(Number.NaN),
      });
      for (const text of texts) log(text.slice(0, 60_000));
    });
    expect(output.length).toBeLessThan(4_000_000);
    expect(performance.now() - began).toBeLessThan(10_000); // backtracking would take minutes
  });
});
