/** Names that people choose at a provider: taken as Backstage takes them, and never for another's. */
import { describe, expect, it } from '@jest/globals';
import { createJudging } from './testing/judging.ts';
import { normalizeIdentityRef } from '@vestibule/plugin-auth-node';

async function issue(claims: { sub: unknown; ent?: unknown }, times = 1) {
  const judging = createJudging();
  const resolvers = [
    async (_: unknown, context: { issueToken(given: never): unknown }) =>
      context.issueToken({ claims } as never) as never,
  ];
  let judged = await judging.evaluate({}, { resolvers });
  for (let more = 1; more < times; more += 1) judged = await judging.evaluate({}, { resolvers });
  return { ...judged, warnings: judging.warnings };
}

describe('a reference that Backstage reads back', () => {
  it.each([
    ['user:default/Jane Doe', 'user:default/jane doe'],
    ['user:default/jane+test', 'user:default/jane+test'],
    ["user:default/o'brien, pat (staff)", "user:default/o'brien, pat (staff)"],
    ['user:default/Ärger Große 李', 'user:default/ärger große 李'],
    ['user:default/日本語', 'user:default/日本語'],
    ['user:default/ΑΝΝΑΣ Ζωή', 'user:default/αννας ζωή'],
    ['user:default/Дмитрий Ёлкин', 'user:default/дмитрий ёлкин'],
    ['user:default/김민수', 'user:default/김민수'],
    ['user:default/नेहा', 'user:default/नेहा'],
    ['user:default/Đặng Ünal Ğ', 'user:default/đặng ünal ğ'],
    ['user:default/100% jane', 'user:default/100% jane'],
    ['user:default/a/b', 'user:default/a/b'],
    ['user:default/ACME\\Jane', 'user:default/acme\\jane'],
    ['user:default/C# Developers?', 'user:default/c# developers?'],
    ['user:default/田中（営業）', 'user:default/田中（営業）'],
    ['user:default/ACME™ ①', 'user:default/acme™ ①'],
    ['user:default/a@b@c', 'user:default/a@b@c'],
    ['user:default/-jane-', 'user:default/-jane-'],
    [`user:default/${'x'.repeat(200)}`, `user:default/${'x'.repeat(200)}`],
    ['user:my_org/jane', 'user:my_org/jane'],
  ])('%j signs in, with a warning for each provider once', async (given, ref) => {
    const { sub, ent, warnings } = await issue({ sub: given }, 2);
    expect([sub, ent]).toEqual([ref, [ref]]);
    expect(warnings).toEqual([expect.stringContaining(`the sign-in resolver of 'test' issues references`)]);
  });

  it.each(['user:default/jane', 'USER:Default/Jane', 'user:default/jane+x@example.com'])(
    '%j is nothing to warn of',
    async (sub) => {
      expect((await issue({ sub })).warnings).toEqual([]);
    },
  );
});

describe('a name that could be taken for another', () => {
  it.each([
    ['user:default/jane|group:default/admins', "holds '|'"],
    ['user:default/group:default/admins', "holds ':'"],
    ['user:group:default/admins', "holds ':'"],
    ['user:default/..', 'could be taken for another path'],
    ['user:default/a/../b', 'could be taken for another path'],
    ['user:../jane', 'could be taken for another path'],
    ['user:default/jane\r\nSet-Cookie: a', "holds ':'"],
    ['user:default/jane\ndoe', 'holds a character that cannot be seen'],
    ['user:default/jane\u0000', 'holds a character that cannot be seen'],
    ['user:default/jane\u200b', 'holds a character that cannot be seen'],
    ['user:default/\u202ejane', 'holds a character that cannot be seen'],
    ['user:default/jane\ud800', 'holds a character that cannot be seen'],
    ['user:default/ jane', 'begins or ends with a space'],
    ['user:default/jane ', 'begins or ends with a space'],
    ['user:default/jane\u3164', 'holds a character that cannot be seen'],
    ['user:default/\u115f', 'holds a character that cannot be seen'],
    ['user:default/ja\u034fne', 'holds a character that cannot be seen'],
    ['user:default/jane\ufe0f', 'holds a character that cannot be seen'],
    ['user:default/jane\u{e0100}', 'holds a character that cannot be seen'],
    ['user:default/jane\u2800', 'holds a character that cannot be seen'],
    ['user:default/jane\u00a0doe', 'holds a character that cannot be seen'],
    ['user:default/jane\u2003doe', 'holds a character that cannot be seen'],
    ['user:default/jane\u3000doe', 'holds a character that cannot be seen'],
    ['user:default/%2e%2e', 'could be taken for another path'],
    ['user:default/a%2Fb', 'could be taken for another path'],
    ['user:default/jane%00', 'could be taken for another path'],
    ['user:%2e/jane', 'could be taken for another path'],
    ['user:default/a\\..\\b', 'could be taken for another path'],
    ['user:default/..\\jane', 'could be taken for another path'],
    ['user:default/\u212bsa', 'holds a letter that becomes another one in lower case'],
    ['user:default/\u2126', 'holds a letter that becomes another one in lower case'],
    ['user:default/GRO\u1e9eE', 'holds a letter that becomes another one in lower case'],
    ['user:default/\u03f4eta', 'holds a letter that becomes another one in lower case'],
    ['user:default/\u0130pek', 'holds a letter that becomes another one in lower case'],
    ['user:default/jose\u0301', 'holds a character that Unicode writes in another way'],
    ['user:default/H\u0331', 'holds a character that Unicode writes in another way'],
    ['user:default/\u212aim', 'holds a letter that becomes another one in lower case'],
    [`user:default/${'x'.repeat(250)}`, 'is longer than 255 characters'],
  ])('%j signs nobody in, and is told which it was and why', async (given, problem) => {
    const { error, sub, draft } = await issue({ sub: given });
    expect(sub).toBeUndefined();
    expect(error).toMatchObject({
      code: 'ERR_IDENTITY_REF_UNSAFE',
      statusCode: 403,
      message: expect.stringContaining(problem),
      hint: expect.stringContaining(problem),
    });
    // What a page and a log line can show.
    expect((error as Error).message).toMatch(/^You would be '[^\n\r\0\u202e]*' here, which cannot be: it /);
    expect(draft.userEntityRef).toBeUndefined();
  });

  it.each([
    ['jane', 'is no full entity reference'],
    ['user:', 'is no full entity reference'],
    ['user:default/', 'is no full entity reference'],
    [':default/jane', 'is no full entity reference'],
    ['us-er:default/jane', 'has a kind that no entity can have'],
    [7, 'is no text'],
  ])('%j is no reference at all', async (given, problem) => {
    const { error, sub } = await issue({ sub: given });
    expect(sub).toBeUndefined();
    expect(error).toMatchObject({
      code: 'ERR_IDENTITY_REF_INVALID',
      hint: expect.stringContaining(problem),
    });
  });

  it('is left out of what somebody owns things as, named, and refuses nobody', async () => {
    const ent = ['user:default/jane', 'group:default//Acme/Team A', 'admins', 'group:default/a|b', null];
    const judged = await issue({ sub: 'user:default/jane', ent });
    expect([judged.sub, judged.ent]).toEqual([
      'user:default/jane',
      ['user:default/jane', 'group:default//acme/team a'],
    ]);
    expect(judged.draft.ownership).toEqual({
      size: 2,
      source: 'resolver',
      leftOut: [
        "'admins' is no full entity reference, such as user:default/jane",
        "'group:default/a|b' holds '|'",
        "'null' is no text",
      ],
    });
    expect(judged.warnings).toEqual([
      expect.stringContaining("'group:default//acme/team a'"),
      expect.stringContaining("left out, here and later: 'admins' is no full entity reference"),
    ]);
  });

  it('is named ten times, and counted from there', async () => {
    const ent = Array.from({ length: 5000 }, (_, index) => `group${index}`);
    const { draft } = await issue({ sub: 'user:default/jane', ent });
    expect(draft.ownership?.leftOut).toHaveLength(11);
    expect(draft.ownership?.leftOut?.at(-1)).toBe('and 4990 more');
  });
});

it.each([
  ['user:default/Jane Doe', 'user:default/jane doe'],
  ['group:default//acme/team', 'group:default//acme/team'],
  ['role:eng/team a', undefined],
  ['urn:acme:groups/a b', undefined],
  ['jane doe', undefined],
])('a gate that lists %j lists the reference %j', (entry, ref) => {
  expect(normalizeIdentityRef(entry)).toBe(ref);
});
