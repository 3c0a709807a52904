/** What a resolver in plain JavaScript gets wrong: each ends with words that say so, and with nobody signed in. */
import { expect, it } from '@jest/globals';
import type { AuthResolverContext } from '@vestibule/plugin-auth-node';
import { createJudging } from './testing/judging.ts';

const { evaluate } = createJudging();

it.each<[string, (context: AuthResolverContext) => unknown, string, string]>([
  [
    'issues a token without claims',
    (ctx) => ctx.issueToken({ sub: 'user:default/jane' } as never),
    'ERR_IDENTITY_REF_INVALID',
    'it takes { claims: { sub, ent } }',
  ],
  [
    'issues a token for nothing',
    (ctx) => ctx.issueToken(undefined as never),
    'ERR_IDENTITY_REF_INVALID',
    'it takes { claims: { sub, ent } }',
  ],
  [
    'looks for an annotation that the login lacks',
    (ctx) => ctx.signInWithCatalogUser({ annotations: { 'acme.example/id': undefined } } as never),
    'ERR_CATALOG_QUERY_UNSAFE',
    'The value for metadata.annotations.acme.example/id is no text, but undefined.',
  ],
  [
    'looks for a number',
    (ctx) => ctx.findCatalogUser({ filter: { 'spec.number': 4711 } } as never),
    'ERR_CATALOG_QUERY_UNSAFE',
    'The value for spec.number is no text, but number.',
  ],
])('a resolver that %s is told so', async (_, act, code, words) => {
  const { error, sub } = await evaluate({}, { resolvers: [async (_info, context) => act(context) as never] });
  expect(error).toMatchObject({ code, hint: expect.stringContaining(words) });
  expect(sub).toBeUndefined();
});

it.each([12n, { a: 1 }, Symbol('no')])('a reason that is no text is made one: %p', async (reason) => {
  const { error, ...recorded } = await evaluate(
    {},
    { resolvers: [async (_info, context) => Promise.resolve(context.deny(reason as never))] },
  );
  expect(error).toMatchObject({ code: 'ERR_RESOLVER_DENIED', hint: expect.stringContaining(String(reason)) });
  expect(JSON.stringify(recorded)).toContain('deny');
});
