/** Profiles of the wrong types and forms, from a provider or from a transform: nobody is signed in with one. */
import { describe, expect, it } from '@jest/globals';
import type { ProfileInfo } from '@vestibule/plugin-auth-node';
import { createJudging, signInAs } from './testing/judging.ts';

const { evaluate } = createJudging();
const resolvers = [signInAs('user:default/jane')];

const unsound: [string, unknown][] = [
  ['an object for the address', { email: { toString: () => 'jane@example.com' } }],
  ['a list for the address', { email: ['jane@example.com'] }],
  ['a number for the address', { email: 7 }],
  ['two @ in the address', { email: 'jane@evil.com@example.com' }],
  ['a comma in the address', { email: 'jane,kind=group@example.com' }],
  ['a line break in the address', { email: 'jane@example.com\nX: y' }],
  ['an address of 255 characters', { email: `${'j'.repeat(243)}@example.com` }],
  ['an object for the name', { displayName: {} }],
  ['a control character in the name', { displayName: 'Jane\u001b[2J' }],
  ['a name of 257 characters', { displayName: 'x'.repeat(257) }],
  ['a script for the picture', { picture: 'javascript:alert(1)' }],
  ['data for the picture', { picture: 'data:text/html,<script>' }],
  ['a path for the picture', { picture: '//evil.com/x.png' }],
  ['a line break in the picture', { picture: 'https://example.com/\nx.png' }],
  ['a picture of 2049 characters', { picture: `https://example.com/${'x'.repeat(2029)}` }],
  ['nothing', undefined],
  ['null', null],
  ['a text', 'jane@example.com'],
  ['a list', [{ email: 'jane@example.com' }]],
];

describe('a profile with', () => {
  it.each(unsound)('%s is refused before anybody is asked', async (_, profile) => {
    const given = await evaluate({ profile: profile as ProfileInfo }, { resolvers });
    expect(given).toMatchObject({ code: 'ERR_PROFILE_INVALID', draft: { resolvers: [] } });
    const made = await evaluate({}, { resolvers, transforms: [() => ({ profile: profile as ProfileInfo })] });
    expect(made).toMatchObject({ code: 'ERR_PROFILE_INVALID', draft: { resolvers: [] } });
  });
});

it.each(['allow', 'pass', 'Deny', '', undefined])(
  'a transform whose verdict is %p lets nobody in',
  async (verdict) => {
    const transform = () => ({ verdict, profile: {} }) as never;
    expect(await evaluate({}, { resolvers, transforms: [transform] })).toMatchObject({
      code: 'ERR_PROFILE_INVALID',
    });
  },
);

it('what a transform or a resolver writes into the profile it was shown changes nothing', async () => {
  const profile = { email: 'jane@example.com' };
  let seen: unknown;
  const { outcome } = await evaluate(
    { profile },
    {
      transforms: [
        (_, { profile: shown }) => {
          shown.email = 'admin@example.com';
          return { profile: {} };
        },
        (_, { profile: shown }) => ({ profile: shown }),
      ],
      resolvers: [
        (info, context) => {
          info.profile.email = 'admin@example.com';
          return context.pass();
        },
        async (info, context) => {
          seen = info.profile;
          return context.issueToken({ claims: { sub: 'user:default/jane' } });
        },
      ],
    },
  );
  expect([outcome?.profile, seen, profile]).toEqual([{}, {}, { email: 'jane@example.com' }]);
});

it('an address stands in the decision by its first character and its domain only', async () => {
  const addresses = ['jane.doe@example.com', 'j@example.com', '😀jane@example.com', 'jane\n@example.com'];
  const inputs = await Promise.all(
    addresses.map(async (email) => (await evaluate({ profile: { email } })).draft.inputs.email),
  );
  expect(inputs).toEqual(['j…@example.com', 'j…@example.com', 'given', 'given']);
});
