/** `dangerousEntityRefFallback` signs in who is not in the catalog: never as somebody who is, never outside `user:`. */
import { expect, it } from '@jest/globals';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { createJudging } from './testing/judging.ts';

type Ref = string | { kind?: string; namespace?: string; name: string };

const nobody = { filter: { 'spec.profile.email': 'nobody@example.com' } };

async function judgeFallback(entityRef: Ref, query: object = nobody) {
  const upper = person('Kim', 'kim@example.com');
  const catalog = createMemoryCatalog([person('jane', 'jane@example.com'), upper]);
  const judged = await createJudging({ catalog }).evaluate(
    {},
    {
      resolvers: [
        async (_, context) =>
          context.signInWithCatalogUser(query as never, { dangerousEntityRefFallback: { entityRef } }),
      ],
    },
  );
  return { ...judged, calls: catalog.calls };
}

it('the fallback signs in under a name that nobody has', async () => {
  const { sub, ent, draft } = await judgeFallback({ name: 'Omar' });
  expect([sub, ent]).toEqual(['user:default/omar', ['user:default/omar']]);
  expect(draft.catalog).toEqual([
    { query: 'spec.profile.email + kind', hits: 0, resolver: 'r0' },
    { query: 'metadata.name', hits: 0, resolver: 'r0' },
  ]);
  expect(draft.ownership).toEqual({ size: 1, source: 'resolver' });
});

it('the fallback signs in under a full address, as Backstage does', async () => {
  const { sub } = await judgeFallback({ kind: 'User', namespace: 'default', name: 'Nobody@example.com' });
  expect(sub).toBe('user:default/nobody@example.com');
});

it('the fallback does not ask again for what was just asked for', async () => {
  const { sub, calls } = await judgeFallback({ name: 'omar' }, { entityRef: { name: 'omar' } });
  expect([sub, calls]).toEqual(['user:default/omar', 1]);
});

it.each<Ref>([
  { name: 'jane' },
  { name: 'JANE' },
  { kind: 'USER', namespace: 'DEFAULT', name: 'Jane' },
  'jane',
  'User:Default/JANE',
  { name: 'kim' },
])('the fallback never names somebody who is in the catalog: %j', async (ref) => {
  const { code, sub } = await judgeFallback(ref);
  expect([code, sub]).toEqual(['ERR_EPHEMERAL_NAME_TAKEN', undefined]);
});

it.each<Ref>([
  { name: '../admin' },
  { name: 'other/admin' },
  { name: 'group:default/admins' },
  { name: 'x', namespace: 'a/b' },
  { name: 'x', kind: 'Group' },
  { name: '' },
  'group:default/admins',
  'user:default/a/b',
  'user:',
  '',
])('the fallback names users only, and leaves no namespace: %j', async (ref) => {
  const { code, sub } = await judgeFallback(ref);
  expect([code, sub]).toEqual(['ERR_IDENTITY_REF_INVALID', undefined]);
});

it.each<[Ref, string]>([
  [{ name: 'a@b@c' }, 'user:default/a@b@c'],
  [{ name: 'A b' }, 'user:default/a b'],
  [{ name: 'x'.repeat(64) }, `user:default/${'x'.repeat(64)}`],
])('the fallback takes names that Backstage takes and no entity can have: %j', async (ref, expected) => {
  expect((await judgeFallback(ref)).sub).toBe(expected);
});

it.each<Ref>([
  { name: 'a|b' },
  { name: 'a:b' },
  { name: '..' },
  { name: 'x'.repeat(255) },
  { name: '\u212aim' },
])('the fallback takes no name that could be taken for another: %j', async (ref) => {
  const { code, sub } = await judgeFallback(ref);
  expect([code, sub]).toEqual(['ERR_IDENTITY_REF_UNSAFE', undefined]);
});
