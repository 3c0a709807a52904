import { describe, expect, it } from '@jest/globals';
import { stringifyEntityRef } from '@vestibule/catalog-model';
import { withRelations } from './entityRelations.ts';
import { readCatalogFile } from './readCatalogFile.ts';

/** Relations as `source relation target`. */
function relationsIn(...documents: string[]): string[] {
  const text = documents.map((document) => `apiVersion: v1\n${document}`).join('\n---\n');
  const { entities } = withRelations(readCatalogFile(text, 'people.yaml'));
  return entities.flatMap((entity) =>
    (entity.relations ?? []).map(
      ({ type, targetRef }) => `${stringifyEntityRef(entity)} ${type} ${targetRef}`,
    ),
  );
}

describe('withRelations', () => {
  it('relates a user and a group, whichever of them names the other, and once if both do', () => {
    const relations = [
      'user:default/jane memberOf group:default/a',
      'group:default/a hasMember user:default/jane',
    ];
    for (const [memberOf, members] of [
      ['[a]', '[]'],
      ['[]', '[jane]'],
      ['[a, "group:default/A"]', '["user:jane"]'],
    ]) {
      expect(
        relationsIn(
          `kind: User\nmetadata: {name: jane}\nspec: {memberOf: ${memberOf}}`,
          `kind: Group\nmetadata: {name: a}\nspec: {members: ${members}}`,
        ),
      ).toEqual(relations);
    }
  });

  it('relates groups by parent and by children', () => {
    expect(
      relationsIn(
        'kind: Group\nmetadata: {name: top}\nspec: {children: [left]}',
        'kind: Group\nmetadata: {name: left}',
        'kind: Group\nmetadata: {name: right}\nspec: {parent: top}',
      ),
    ).toEqual([
      'group:default/top parentOf group:default/left',
      'group:default/top parentOf group:default/right',
      'group:default/left childOf group:default/top',
      'group:default/right childOf group:default/top',
    ]);
  });

  it('relates what is owned to its owner, a group unless it says otherwise', () => {
    expect(
      relationsIn(
        'kind: User\nmetadata: {name: jane}',
        'kind: Group\nmetadata: {name: a}',
        'kind: Component\nmetadata: {name: x}\nspec: {owner: a}',
        'kind: Api\nmetadata: {name: y}\nspec: {owner: "user:jane"}',
      ),
    ).toEqual([
      'user:default/jane ownerOf api:default/y',
      'group:default/a ownerOf component:default/x',
      'component:default/x ownedBy group:default/a',
      'api:default/y ownedBy user:default/jane',
    ]);
  });

  it("takes a reference without a namespace to mean the entity's own", () => {
    expect(
      relationsIn(
        'kind: User\nmetadata: {name: jane, namespace: acme}\nspec: {memberOf: [a, default/b]}',
        'kind: Group\nmetadata: {name: a, namespace: acme}',
      ),
    ).toEqual([
      'user:acme/jane memberOf group:acme/a',
      'user:acme/jane memberOf group:default/b',
      'group:acme/a hasMember user:acme/jane',
    ]);
  });

  it('names the references that lead nowhere', () => {
    const text = 'apiVersion: v1\nkind: User\nmetadata: {name: jane}\nspec: {memberOf: [b, a, b]}';
    expect(withRelations(readCatalogFile(text, 'x')).danglingRefs).toEqual([
      'group:default/a',
      'group:default/b',
    ]);
  });

  it('reads only the members that belong to the kind', () => {
    expect(
      relationsIn(
        'kind: User\nmetadata: {name: jane}\nspec: {owner: a, children: [a]}',
        'kind: Group\nmetadata: {name: a}\nspec: {memberOf: [b]}',
      ),
    ).toEqual([]);
  });
});
