import { describe, expect, it } from '@jest/globals';
import { NotAllowedError } from '@vestibule/backend-plugin-api';
import type { ProfileTransform } from '@vestibule/plugin-auth-node';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import { createJudging, signInAs } from './testing/judging.ts';

const catalog = createMemoryCatalog();
const { evaluate } = createJudging({ catalog });
const jane = { profile: { email: 'jane@example.com', displayName: 'Jane' }, result: { team: 'a' } };

describe('profile transforms', () => {
  it('run in order, each on the profile of the one before, and gates and resolvers see what comes of it', async () => {
    const rename: ProfileTransform<{ team: string }> = ({ team }, { profile }) => ({
      profile: { ...profile, displayName: `${profile.displayName} (${team})` },
    });
    const move: ProfileTransform = async (_, { profile }) =>
      Promise.resolve({ profile: { ...profile, email: 'jane@acme.org', picture: 'https://acme.org/j.png' } });
    let seen: unknown;
    const { outcome, draft } = await evaluate(jane, {
      transforms: [rename, move],
      everywhere: { domains: ['acme.org'] },
      resolvers: [
        async (info, context) => {
          seen = info.profile;
          return context.signInWithCatalogUser({ entityRef: { name: 'jane' } });
        },
      ],
    });
    const profile = {
      email: 'jane@acme.org',
      displayName: 'Jane (a)',
      picture: 'https://acme.org/j.png',
    };
    expect(outcome?.profile).toEqual(profile);
    expect(seen).toEqual(profile);
    expect(draft.transforms).toEqual([
      { transform: 't0', verdict: 'profile' },
      { transform: 't1', verdict: 'profile' },
    ]);
    // What the provider gave, shortened.
    expect(draft.inputs).toEqual({ email: 'j…@example.com', displayName: 'given' });
  });

  it('leave out what is empty, and what a profile does not have', async () => {
    const { outcome } = await evaluate(jane, {
      transforms: [
        () => ({ profile: { email: '', displayName: undefined, picture: null, admin: true } as never }),
      ],
    });
    expect(outcome?.profile).toEqual({});
  });

  it('can ask the catalog, and the decision says so', async () => {
    const transform: ProfileTransform = async (_, { findCatalogUser }) => {
      const { entity } = await findCatalogUser({ entityRef: { name: 'jane' } });
      return { profile: { displayName: entity.metadata.name } };
    };
    const { outcome, draft } = await evaluate(jane, { transforms: [transform] });
    expect(outcome?.profile).toEqual({ displayName: 'jane' });
    expect(draft.catalog).toEqual([{ query: 'metadata.name', hits: 1, resolver: "Profile transform 't0'" }]);
  });

  it.each<[string, ProfileTransform, string, object]>([
    [
      'context.deny',
      (_, { deny }) => deny('left the company'),
      'ERR_PROFILE_DENIED',
      { verdict: 'deny', reason: 'left the company' },
    ],
    [
      'an error',
      () => {
        throw new Error('left the company');
      },
      'ERR_PROFILE_DENIED',
      { verdict: 'deny' },
    ],
    [
      'NotAllowedError',
      () => {
        throw new NotAllowedError('ERR_ACME_LEFT', 'left the company');
      },
      'ERR_PROFILE_DENIED',
      { verdict: 'deny' },
    ],
    [
      'a user who is not in the catalog',
      async (_, { findCatalogUser }) => {
        await findCatalogUser({ entityRef: { name: 'nobody' } });
        return { profile: {} };
      },
      'ERR_PROFILE_DENIED',
      { verdict: 'deny' },
    ],
    [
      'a fault of its own',
      () => {
        throw new TypeError('cannot read properties of undefined');
      },
      'ERR_RESOLVER_FAILED',
      { verdict: 'error' },
    ],
    [
      'a profile that is none',
      () => ({ profile: 'Jane' as never }),
      'ERR_PROFILE_INVALID',
      { verdict: 'error' },
    ],
  ])('refuse with %s, and nobody else is asked', async (_, transform, code, step) => {
    let isAsked = false;
    const later: ProfileTransform = () => {
      isAsked = true;
      return { profile: {} };
    };
    const { error, draft } = await evaluate(jane, {
      transforms: [transform, later],
      resolvers: [signInAs('user:default/jane')],
    });
    expect(error).toMatchObject({ code, message: expect.not.stringContaining('company') });
    expect(draft.transforms).toEqual([{ transform: 't0', code, ...step }]);
    expect([isAsked, draft.resolvers]).toEqual([false, []]);
  });

  it('that wait for a catalog that is away are no refusal of the person', async () => {
    catalog.goDown();
    const transform: ProfileTransform = async (_, { findCatalogUser }) => {
      await findCatalogUser({ entityRef: { name: 'jane' } });
      return { profile: {} };
    };
    expect(await evaluate(jane, { transforms: [transform] })).toMatchObject({
      code: 'ERR_CATALOG_UNAVAILABLE',
    });
    catalog.comeBack();
  });

  it('that never answer are given up', async () => {
    const budget = new AbortController();
    const judged = evaluate(jane, {
      transforms: [async () => new Promise(() => undefined)],
      signal: budget.signal,
    });
    budget.abort();
    expect((await judged).error).toMatchObject({
      code: 'ERR_RESOLVER_TIMEOUT',
      hint: "Profile transform 't0' did not answer in time.",
    });
  });
});
