import { describe, expect, it } from '@jest/globals';
import { readCatalogFile } from './readCatalogFile.ts';

function problemsIn(text: string): string {
  try {
    readCatalogFile(text, 'people.yaml');
  } catch (error) {
    expect(error).toMatchObject({ name: 'FileCatalogError', code: 'ERR_FILE_CATALOG_INVALID' });
    return (error as Error).message;
  }
  return 'none';
}

const jane = 'apiVersion: v1\nkind: User\nmetadata: { name: jane }\n';

describe('readCatalogFile', () => {
  it('reads one entity from each document and skips empty ones', () => {
    const read = readCatalogFile(
      `# people\n---\n${jane}---\n---\nkind: Group\napiVersion: v1\nmetadata: {name: a}\n---\n`,
      'x',
    );
    expect(read).toEqual([
      { apiVersion: 'v1', kind: 'User', metadata: { name: 'jane' } },
      { apiVersion: 'v1', kind: 'Group', metadata: { name: 'a' } },
    ]);
  });

  it('reads an empty file as no entities', () => {
    expect(readCatalogFile('', 'x')).toEqual([]);
    expect(readCatalogFile('# nobody yet\n', 'x')).toEqual([]);
  });

  it('reports everything that is wrong at once, each with its place', () => {
    expect(
      problemsIn(
        [
          jane.trimEnd(),
          '---',
          'apiVersion: v1',
          'kind: User',
          'metadata:',
          '  name: jane@example.com',
          '  namespace: De_fault',
          'spec:',
          '  profile: { email: 7 }',
          '  memberOf: [team-a, "a b", 7]',
          '---',
          'apiVersion: v1',
          'kind: [User',
          '---',
          '- a list',
          '---',
          'apiVersion: v1',
          'kind: User',
          'metadata: { name: JANE }',
        ].join('\n'),
      ),
    ).toBe(
      [
        'people.yaml has 9 problems',
        '  metadata.name: is no entity name: letters, digits, "-", "_" and ".", a letter or digit at both ends, at most 63 (people.yaml:8:9)',
        '  metadata.namespace: is no namespace: lower-case letters, digits and single dashes between them, at most 63 (people.yaml:9:14)',
        '  spec.profile.email: Invalid input: expected string, received number (people.yaml:11:21)',
        '  spec.memberOf.0: Entity reference "Group:De_fault/team-a" has a namespace that no entity can have (people.yaml:12:14)',
        '  spec.memberOf.1: Entity reference "Group:De_fault/a b" has a namespace that no entity can have (people.yaml:12:22)',
        '  spec.memberOf.2: is not an entity reference (people.yaml:12:29)',
        '  Flow sequence in block collection must be sufficiently indented and end with a ] (people.yaml:16:1)',
        '  a document is no entity (people.yaml:17:1)',
        '  user:default/jane is already at people.yaml:3:19 (people.yaml:21:19)',
      ].join('\n'),
    );
  });

  it.each([
    [
      'no kind',
      'apiVersion: v1\nmetadata: { name: a }',
      'kind: Invalid input: expected string, received undefined (people.yaml:1:1)',
    ],
    [
      'no name',
      'apiVersion: v1\nkind: User\nmetadata: { title: a }',
      'metadata.name: Invalid input: expected string, received undefined (people.yaml:3:11)',
    ],
    ['a key twice', 'kind: User\nkind: Group', 'Map keys must be unique (people.yaml:2:1)'],
    [
      'relations',
      `${jane}relations: []`,
      'relations: cannot be given: relations are computed from the specs (people.yaml:4:12)',
    ],
    [
      'a parent that is a list',
      'apiVersion: v1\nkind: Group\nmetadata: {name: a}\nspec: {parent: [b]}',
      'spec.parent: is not one entity reference (people.yaml:4:16)',
    ],
    [
      'members that are a text',
      'apiVersion: v1\nkind: Group\nmetadata: {name: a}\nspec: {members: b}',
      'spec.members: is not a list of entity references (people.yaml:4:17)',
    ],
    [
      'an alias to nothing',
      `${jane}spec: *nothing`,
      'Unresolved alias (the anchor must be set before the alias): nothing (people.yaml:1:1)',
    ],
    [
      'an unknown tag',
      `${jane}spec: !!js/function x`,
      'Unresolved tag: tag:yaml.org,2002:js/function (people.yaml:4:7)',
    ],
    ['a document that is a text', 'hello', 'a document is no entity (people.yaml:1:1)'],
  ])('refuses %s', (_what, text, problem) => {
    expect(problemsIn(text)).toBe(`people.yaml has 1 problem\n  ${problem}`);
  });

  it('refuses one entity given twice, whatever the letter case, and says where the first one is', () => {
    expect(problemsIn(`${jane}---\n${jane.replace('jane', 'Jane')}`)).toBe(
      'people.yaml has 1 problem\n  user:default/jane is already at people.yaml:3:19 (people.yaml:7:19)',
    );
  });
});
