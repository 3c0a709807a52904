import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import type { JsonObject, JsonValue } from './config.ts';
import { asObject, isObject } from './isObject.ts';

const others: readonly JsonValue[] = [null, [], [{}], 'text', 1, true];

describe('isObject', () => {
  it('takes objects, and neither arrays nor null', () => {
    expect(isObject({ a: 1 })).toBe(true);
    expect(isObject(Object.create(null))).toBe(true);
    expect(others.map(isObject)).toEqual(others.map(() => false));
    expect(isObject(undefined)).toBe(false);
  });

  it('knows of a JSON value that it is a JSON object', () => {
    const value = { a: 1 } as JsonValue;
    if (isObject(value)) expectTypeOf(value).toEqualTypeOf<JsonObject>();
  });
});

describe('asObject', () => {
  it('gives an object itself, and an empty one for all else', () => {
    const value = { a: 1 };
    expect(asObject(value)).toBe(value);
    expect(others.map((other) => asObject(other))).toEqual(others.map(() => ({})));
    expectTypeOf(asObject(value as JsonValue)).toEqualTypeOf<JsonObject>();
    expectTypeOf(asObject(value as unknown)).toEqualTypeOf<Readonly<Record<string, unknown>>>();
  });
});
