import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkConfig } from './checkConfig.ts';
import type { Config, LocatedConfig } from './config.ts';
import { convertTexts } from './convertTexts.ts';
import { readConfig } from './readConfig.ts';

const configOf = (data: unknown): Config => ({ getOptional: () => data }) as unknown as Config;

describe('a text', () => {
  it.each([
    ...['true', 'TRUE', '1', 'on', 'y', 'yes', ' Yes '].map((text) => [text, true] as const),
    ...['false', 'False', '0', 'off', 'n', 'no'].map((text) => [text, false] as const),
  ])('%j counts as a boolean where one is asked for', (text, boolean) => {
    expect(convertTexts(text, z.boolean())).toBe(boolean);
    expect(
      convertTexts({ a: [{ b: text }] }, z.object({ a: z.array(z.object({ b: z.boolean() })) })),
    ).toEqual({
      a: [{ b: boolean }],
    });
  });

  it.each([
    ['7007', 7007],
    ['1e3', 1000],
    ['-0.5', -0.5],
    [' 8 ', 8],
  ])('%j counts as a number where one is asked for', (text, number) => {
    expect(convertTexts(text, z.number())).toBe(number);
    expect(convertTexts({ m: { x: text } }, z.object({ m: z.record(z.string(), z.int()) }))).toEqual({
      m: { x: number },
    });
  });

  it.each(['no', 'off', 'n', '0', 0, 'False', ' false', 'true', 'yes'])(
    '%j stays where only a constant and certain words are taken, and is refused',
    (given) => {
      const words = z.array(z.union([z.literal(false), z.enum(['false', 'absent'])]));
      expect(convertTexts([given], words)).toEqual([given]);
      expect(convertTexts([false, 'false'], words)).toEqual([false, 'false']);
      expect(() => readConfig({ config: configOf([given]), schema: words })).toThrow('must be');
    },
  );

  it('counts as a constant that no words stand beside', () => {
    const directive = z.union([z.array(z.string()), z.literal(false)]);
    expect(
      convertTexts({ csp: { 'script-src': 'false' } }, z.object({ csp: z.record(z.string(), directive) })),
    ).toEqual({
      csp: { 'script-src': false },
    });
  });

  it('stays where a text is taken, in unions too', () => {
    const durations = z.union([z.number(), z.string(), z.object({ minutes: z.number() })]);
    expect(convertTexts('5', durations)).toBe('5');
    expect(convertTexts({ minutes: '5' }, durations)).toEqual({ minutes: 5 });
    expect(convertTexts({ x: 'true' }, z.record(z.string(), z.union([z.string(), z.boolean()])))).toEqual({
      x: 'true',
    });
    expect(convertTexts('true', z.unknown())).toBe('true');
    expect(convertTexts({ open: 'true' }, z.looseObject({}))).toEqual({ open: 'true' });
    expect(convertTexts('true', z.enum(['true', 'maybe']))).toBe('true');
  });

  it('counts as the boolean or number of a union whose texts are others', () => {
    const trust = z.union([z.boolean(), z.int(), z.string().regex(/^(?!(?:true|false|\d+)$)/)]);
    expect(['true', '1', '10.0.0.0/8'].map((text) => convertTexts(text, trust))).toEqual([
      true,
      1,
      '10.0.0.0/8',
    ]);
    expect(convertTexts('off', z.union([z.boolean(), z.object({ window: z.number() })]))).toBe(false);
    expect(convertTexts('false', z.union([z.boolean(), z.enum(['auto'])]))).toBe(false);
    expect(convertTexts('auto', z.union([z.boolean(), z.enum(['auto'])]))).toBe('auto');
  });

  it.each([['perhaps'], [''], [' '], ['NaN'], ['Infinity'], ['2']])(
    '%j that is neither stays, for the schema to refuse',
    (text) => {
      expect(convertTexts(text, z.boolean())).toBe(text);
      if (text !== '2') expect(convertTexts(text, z.number())).toBe(text);
    },
  );

  it('is converted by the check and by the reading alike, whatever made the schema', () => {
    const schema = z.object({ on: z.boolean(), depth: z.number().min(1) });
    const config = configOf({ on: 'yes', depth: '3' });
    expect(checkConfig({ config, schemas: [{ schema, owner: 'x' }] })).toEqual({
      problems: [],
      warnings: [],
    });
    expect(readConfig({ config, schema })).toEqual({ on: true, depth: 3 });
    const [problem] = checkConfig({
      config: configOf({ on: true, depth: '0' }),
      schemas: [{ schema, owner: 'x' }],
    }).problems;
    expect(problem?.message).toBe("depth must be at least 1: '0'");
  });

  it('that does not convert is named with what gave it, and never quoted where it is secret', () => {
    const schema = z.object({ on: z.boolean(), pin: z.number().meta({ visibility: 'secret' }) });
    const config = {
      ...configOf({ on: 'perhaps', pin: 'swordfish' }),
      locate: () => undefined,
      sourceOf: ([key]) => `the environment variable ${String(key).toUpperCase()}`,
    } as LocatedConfig;
    const { problems } = checkConfig({ config, schemas: [{ schema, owner: 'x' }] });
    expect(problems.map(({ message }) => message)).toEqual([
      "on must be true or false: the environment variable ON holds 'perhaps'",
      'pin must be a number; the value is that of the environment variable PIN',
    ]);
  });

  it.each([
    ['maybe', "'maybe'"],
    ['Perhaps', "'Perhaps'"],
    ['2', "'2'"],
    ['', "''"],
    ['07e1cf9a11d5c0de4b7fa20c83b1e97d', 'a text of 32 characters, which is not shown'],
    ['07e1cf9a', 'a text of 8 characters, which is not shown'],
    ['kQzRbXwP', 'a text of 8 characters, which is not shown'],
    ['correct horse', 'a text of 13 characters, which is not shown'],
    ['abcdefghijklmnopqrs', 'a text of 19 characters, which is not shown'],
    ['12345678901234567', 'a text of 17 characters, which is not shown'],
    ['postgres://jane:x@db', 'a text of 20 characters, which is not shown'],
  ])('%j, which a variable or a file gave, is shown only where it is plain', (on, shown) => {
    const config = {
      ...configOf({ on }),
      locate: () => undefined,
      sourceOf: () => 'the environment variable ON',
    } as LocatedConfig;
    const { problems } = checkConfig({
      config,
      schemas: [{ schema: z.object({ on: z.boolean() }), owner: 'x' }],
    });
    expect(problems.map(({ message }) => message)).toEqual([
      `on must be true or false: the environment variable ON holds ${shown}`,
    ]);
  });
});
