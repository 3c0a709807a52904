/**
 * Whatever a login says: it never finds another person's user, and never changes which field of the catalog is compared.
 * The catalog compares as Backstage's does, without regard to the letter case of any script.
 */
import { describe, expect, it } from '@jest/globals';
import { asciiLowerCase, type Entity } from '@vestibule/catalog-model';
import {
  commonSignInResolvers,
  createEmailAnnotationResolver,
  createExactAnnotationResolver,
  parseEmail,
  type CatalogUserQuery,
  type SignInResolver,
} from '@vestibule/plugin-auth-node';
import fc from 'fast-check';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { createJudging } from './testing/judging.ts';

/** Letters that some comparison or other takes for one another. */
const lookAlikes = ['kK\u212A', 'sSſ', 'åÅ\u212B', 'iIıİ', '.', '+', '-', "'"];

/** Two texts of the same length, each letter of one with a look-alike in the other. */
const pairs = fc
  .array(
    fc
      .constantFrom(...lookAlikes)
      .chain((letters) => fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters))),
    { minLength: 1, maxLength: 3 },
  )
  .map((letters) => [0, 1].map((side) => letters.map((both) => both[side]).join('')));

const domains = fc.constantFrom(
  'example.com',
  'Example.COM',
  'exаmple.com',
  'sub.example.com',
  'münchen.de',
  'xn--mnchen-3ya.de',
);
const pairsOfAddresses = fc
  .tuple(pairs, domains, fc.option(domains))
  .map(([locals, domain, other]) => [`${locals[0]}@${domain}`, `${locals[1]}@${other ?? domain}`] as const)
  .filter((addresses) => addresses.every((address) => parseEmail(address) !== undefined));

/** Ids of vendors, opaque, in which letter case counts; some look like addresses. */
const pairsOfIds = fc
  .tuple(pairs, fc.constantFrom('', '=', '@acme.org'))
  .map(([texts, end]) => texts.map((text) => text + end) as [string, string]);

function userWith(name: string, email: string, id: string): Entity {
  const user = person(name, email);
  return {
    ...user,
    metadata: { ...user.metadata, annotations: { 'acme.org/email': email, 'acme.org/id': id } },
  };
}

async function signInTo(user: Entity, resolver: SignInResolver, login: { email?: string; id?: string }) {
  const { evaluate } = createJudging({ catalog: createMemoryCatalog([user]) });
  const { email, id } = login;
  const judged = await evaluate(
    {
      profile: email === undefined ? {} : { email },
      ...(id !== undefined && { subject: id, result: { id } }),
    },
    { resolvers: [resolver] },
  );
  return judged.sub;
}

describe('two addresses that differ after lower-casing are never one user', () => {
  it.each<[string, SignInResolver]>([
    ['by spec.profile.email', commonSignInResolvers.emailMatchingUserEntityProfileEmail({})],
    ['by an annotation', createEmailAnnotationResolver('acme.org/email')({})],
    [
      'by a filter of its own',
      async (info, ctx) =>
        ctx.signInWithCatalogUser({ filter: { 'spec.profile.email': info.profile.email ?? '' } }),
    ],
  ])('%s', async (_, resolver) => {
    await fc.assert(
      fc.asyncProperty(pairsOfAddresses, async ([one, other]) => {
        const sub = await signInTo(userWith('jane', one, 'x'), resolver, { email: other });
        const isSame = asciiLowerCase(one) === asciiLowerCase(other);
        expect(sub).toBe(isSame ? 'user:default/jane' : undefined);
      }),
      { numRuns: 500 },
    );
  });
});

describe('two ids that differ in one byte are never one user', () => {
  it.each<[string, SignInResolver]>([
    [
      'by an exact annotation',
      createExactAnnotationResolver({
        annotation: 'acme.org/id',
        what: 'id',
        valueOf: ({ result }) => (result as { id: string }).id,
      })({}),
    ],
    [
      'by the subject',
      commonSignInResolvers.subjectMatchingUserEntityAnnotation({ annotation: 'acme.org/id' }),
    ],
    [
      'by annotations',
      async (info, ctx) => ctx.signInWithCatalogUser({ annotations: { 'acme.org/id': info.subject ?? '' } }),
    ],
  ])('%s', async (_, resolver) => {
    await fc.assert(
      fc.asyncProperty(pairsOfIds, async ([one, other]) => {
        const sub = await signInTo(userWith('jane', 'jane@example.com', one), resolver, { id: other });
        expect(sub).toBe(one === other ? 'user:default/jane' : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['MDQ6VXNlcjE=', 'user:default/ida'],
    ['mdq6vxnlcje=', 'user:default/eve'],
    ['MDQ6vxnlcje=', undefined],
  ])('although both are in the catalog, which takes them for one: %s', async (id, expected) => {
    const catalog = createMemoryCatalog([
      userWith('ida', 'ida@example.com', 'MDQ6VXNlcjE='),
      userWith('eve', 'eve@example.com', 'mdq6vxnlcje='),
    ]);
    const query = { annotations: { 'acme.org/id': id } };
    const resolvers: SignInResolver[] = [
      async (_, ctx) => ctx.signInWithCatalogUser(query),
      (_, ctx) => ctx.pass(),
    ];
    const { sub, code } = await createJudging({ catalog }).evaluate({}, { resolvers });
    expect([sub, code]).toEqual([
      expected,
      expected === undefined ? 'ERR_CATALOG_ANSWER_INVALID' : undefined,
    ]);
  });

  it('although a third has it in another letter case: two who have the very id are ambiguous', async () => {
    const catalog = createMemoryCatalog([
      userWith('ida', 'ida@example.com', 'MDQ6'),
      userWith('eve', 'eve@example.com', 'mdq6'),
      userWith('ivy', 'ivy@example.com', 'MDQ6'),
    ]);
    const resolver: SignInResolver = async (_, ctx) =>
      ctx.signInWithCatalogUser({ annotations: { 'acme.org/id': 'MDQ6' } });
    const { code } = await createJudging({ catalog }).evaluate({}, { resolvers: [resolver] });
    expect(code).toBe('ERR_AMBIGUOUS_MATCH');
  });

  it('although an id looks like an address', async () => {
    const resolver: SignInResolver = async (_, ctx) =>
      ctx.signInWithCatalogUser({ annotations: { 'acme.org/id': 'jane@idp' } });
    const { evaluate } = createJudging({
      catalog: createMemoryCatalog([userWith('jane', 'j@x', 'Jane@idp')]),
    });
    expect(await evaluate({}, { resolvers: [resolver] })).toMatchObject({
      code: 'ERR_CATALOG_ANSWER_INVALID',
    });
  });
});

describe('whatever text a login brings', () => {
  const syntax = [
    '',
    ',',
    '=',
    'kind=group',
    ',kind=group',
    'a@b',
    '\u0000',
    '\n',
    '*',
    '..',
    '/',
    ':',
    '%2C',
    'jane',
    '__proto__',
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
    fc.array(fc.constantFrom(...syntax), { maxLength: 5 }).map((parts) => parts.join('')),
  );

  it.each<[string, (text: string) => CatalogUserQuery, string[]]>([
    ['an address', (text) => ({ filter: { 'spec.profile.email': text } }), ['kind', 'spec.profile.email']],
    [
      'an id',
      (text) => ({ annotations: { 'acme.org/id': text } }),
      ['kind', 'metadata.annotations.acme.org/id'],
    ],
    ['a name', (text) => ({ entityRef: { name: text } }), []],
  ])('the same fields are compared, with the whole text as the value: %s', async (_, queryOf, keys) => {
    const asked: unknown[] = [];
    const catalog = createMemoryCatalog([]);
    const { getEntities, getEntityByRef } = catalog;
    catalog.getEntities = async (request, options) => {
      asked.push(request?.filter);
      return getEntities(request, options);
    };
    catalog.getEntityByRef = async (ref, options) => {
      asked.push(ref);
      return getEntityByRef(ref, options);
    };
    const { evaluate } = createJudging({ catalog });
    let questions = 0;
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        asked.length = 0;
        const resolver: SignInResolver = async (__, ctx) => ctx.signInWithCatalogUser(queryOf(text));
        const { sub } = await evaluate({}, { resolvers: [resolver] });
        expect(sub).toBeUndefined();
        questions += asked.length;
        for (const one of asked) {
          if (keys.length === 0) {
            expect(one).toEqual({ kind: 'User', namespace: 'default', name: text });
            expect(text).toMatch(/^[A-Za-z0-9._-]{1,63}$/);
          } else {
            const filter = one as Record<string, string>;
            expect(Object.keys(filter).sort()).toEqual(keys);
            expect(keys.map((key) => filter[key])).toEqual(['user', text]);
            expect(text).not.toMatch(/[,\p{Cc}]/u);
          }
        }
      }),
      { numRuns: 1000 },
    );
    // Else nothing was compared at all.
    expect(questions).toBeGreaterThan(50);
  });
});
