import { describe, expect, it } from '@jest/globals';
import { parseJson } from './parseJson.ts';

const answer = (type: string | undefined, text: string): Parameters<typeof parseJson>[0] => ({
  status: 200,
  headers: type === undefined ? {} : { 'content-type': type },
  text,
});

describe('parseJson', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/jwk-set+json',
    'application/json;',
  ])('reads %s', (type) => {
    expect(parseJson(answer(type, '{"a":[1,null]}'))).toEqual({ a: [1, null] });
  });

  it.each([
    'text/html',
    'text/plain; application/json',
    'application/json-seq',
    'text/json',
    '+json',
    '',
    undefined,
  ])('refuses the content type %j though the text is JSON', (type) => {
    expect(() => parseJson(answer(type, '{}'))).toThrow(
      expect.objectContaining({ code: 'ERR_OUTBOUND_NOT_JSON' }),
    );
  });

  it('refuses broken JSON without quoting it', () => {
    expect(() => parseJson(answer('application/json', 's3cret'))).toThrow(
      expect.objectContaining({
        code: 'ERR_OUTBOUND_NOT_JSON',
        message: expect.not.stringContaining('s3cret'),
      }),
    );
  });

  it.each([
    '{"__proto__":{"admin":true},"a":1}',
    '{"\\u005f_proto__":{"admin":true},"a":1}',
    '{"_\\u005fpr\\u006fto__":1,"a":1}',
  ])('drops the prototype key of %s', (text) => {
    const value = parseJson(answer('application/json', text)) as Record<string, unknown>;
    expect(Object.getOwnPropertyNames(value)).toEqual(['a']);
    expect((Object.assign({}, value) as { admin?: unknown }).admin).toBeUndefined();
  });

  it('drops prototype keys at any depth', () => {
    const value = parseJson(answer('application/json', '{"a":[{"__proto__":{"admin":true}}]}'));
    expect(JSON.stringify(value)).toBe('{"a":[{}]}');
  });
});
