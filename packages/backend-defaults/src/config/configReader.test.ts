import { describe, expect, it } from '@jest/globals';
import { createConfigReader } from './configReader.ts';
import { parseYaml } from './parseYaml.ts';
import { treeOf } from './configTree.ts';

const text = `
text: hello
empty: ''
number: 7007
numeric: '42'
word: many
truth: true
yes: 'Yes'
off: 'off'
one: 1
nothing: null
list: [a, b]
mixed: [a, '']
objects:
  - name: first
  - name: second
    inner: { deep: 1 }
broken: [{ a: 1 }, 2]
a:
  b:
    c: deep
`;
const config = createConfigReader(parseYaml(text, 'app-config.yaml').tree ?? treeOf({}), 'app-config.yaml');

describe('the config reader', () => {
  it('gives values by dotted keys, and the whole for no key', () => {
    expect(config.getString('a.b.c')).toBe('deep');
    expect(config.get('a.b')).toEqual({ c: 'deep' });
    expect(config.get('')).toEqual(config.get());
    expect(config.getOptional<{ text: string }>()?.text).toBe('hello');
    expect(config.keys()).toContain('objects');
    expect(config.getConfig('a.b').getString('c')).toBe('deep');
    expect(config.getStringArray('list')).toEqual(['a', 'b']);
  });

  it('converts numbers and booleans that stand as text', () => {
    expect(['number', 'numeric'].map((key) => config.getNumber(key))).toEqual([7007, 42]);
    expect(['truth', 'yes', 'one', 'off'].map((key) => config.getBoolean(key))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(() => config.getNumber('word')).toThrow(
      "Unable to convert config value for key 'word' in 'app-config.yaml' to a number",
    );
    expect(() => config.getBoolean('word')).toThrow(
      "Unable to convert config value for key 'word' in 'app-config.yaml' to a boolean",
    );
  });

  it('answers for what is missing: undefined, false, or an error that names the key', () => {
    expect(config.has('a.b.x')).toBe(false);
    expect(config.has('nothing')).toBe(false);
    expect(config.getOptional('a.x.y.z')).toBeUndefined();
    expect(config.getOptionalConfig('a.x')).toBeUndefined();
    expect(config.getOptionalConfigArray('a.x')).toBeUndefined();
    for (const read of [
      'get',
      'getConfig',
      'getConfigArray',
      'getNumber',
      'getBoolean',
      'getString',
      'getStringArray',
    ] as const) {
      expect(() => config[read]('a.x')).toThrow("Missing required config value at 'a.x'");
    }
    expect(() => config.getConfig('a').getString('b.x')).toThrow("Missing required config value at 'a.b.x'");
  });

  it('names key, file and both types where a value has the wrong type', () => {
    const wrong = (key: string, got: string, wanted: string) =>
      `Invalid type in config for key '${key}' in 'app-config.yaml', got ${got}, wanted ${wanted}`;
    expect(() => config.getString('number')).toThrow(wrong('number', 'number', 'string'));
    expect(() => config.getString('empty')).toThrow(wrong('empty', 'empty-string', 'string'));
    expect(() => config.getNumber('a')).toThrow(wrong('a', 'object', 'number'));
    expect(() => config.getConfig('list')).toThrow(wrong('list', 'array', 'object'));
    expect(() => config.getString('text.deeper')).toThrow(wrong('text', 'string', 'object'));
    expect(() => config.getStringArray('mixed')).toThrow(wrong('mixed[1]', 'empty-string', 'string-array'));
    expect(() => config.getConfigArray('broken')).toThrow(wrong('broken[1]', 'number', 'object-array'));
    expect(() => config.getConfigArray('objects')[1]?.getString('inner')).toThrow(
      wrong('objects[1].inner', 'object', 'string'),
    );
    expect(() => config.getString('not a key')).toThrow("Invalid config key 'not a key'");
  });

  it('knows places, also from within a part', () => {
    expect(config.locate(['number'])).toEqual({ file: 'app-config.yaml', line: 4, column: 9 });
    expect(config.locate(['number'], 'key')).toEqual({ file: 'app-config.yaml', line: 4, column: 1 });
    expect(config.locate(['a', 'b', 'absent'])).toEqual({ file: 'app-config.yaml', line: 21, column: 5 });
    const second = config.getConfigArray('objects')[1];
    expect((second as typeof config).locate(['inner', 'deep'])).toEqual({
      file: 'app-config.yaml',
      line: 17,
      column: 20,
    });
    expect(createConfigReader(treeOf({ a: 1 }), 'data').locate(['a'])).toBeUndefined();
  });

  it('hands out copies', () => {
    config.get<{ b: { c: string } }>('a').b.c = 'changed';
    config.getStringArray('list').push('c');
    expect(config.getString('a.b.c')).toBe('deep');
    expect(config.getStringArray('list')).toEqual(['a', 'b']);
  });

  it('reads own keys only', () => {
    expect(config.has('constructor')).toBe(false);
    expect(config.getOptional('a.toString')).toBeUndefined();
  });
});
