import { describe, expect, it } from '@jest/globals';
import { withoutProviderWords, type SignInRecord } from './signInRecord.ts';
import { printRecord, printRecordList } from './printRecord.ts';

const refused: SignInRecord = {
  version: 1,
  reference: '3f9a0c71be',
  at: '2026-11-22T10:12:03.000Z',
  event: 'sign-in',
  provider: 'oidc',
  environment: 'development',
  outcome: 'refused',
  code: 'ERR_RESOLVER_NO_MATCH',
  operator: 'No resolver found a user. Add a User entity.',
  inputs: { email: 'k…@example.com', displayName: 'given' },
  transforms: [],
  gates: [],
  resolvers: [
    { resolver: 'emailMatchingUserEntityProfileEmail', verdict: 'pass', code: 'ERR_USER_NOT_FOUND' },
  ],
  catalog: [{ query: 'kind + spec.profile.email', hits: 0, resolver: 'emailMatchingUserEntityProfileEmail' }],
  errors: [{ name: 'NotAllowedError', message: 'You signed in …', code: 'ERR_RESOLVER_NO_MATCH' }],
  milliseconds: 84,
};

describe('a decision as a tree', () => {
  it('tells what was given, who said what, what was asked, and what to do', () => {
    expect(printRecord(refused)).toBe(
      `
sign-in with 'oidc' (development) refused: ERR_RESOLVER_NO_MATCH
├─ reference 3f9a0c71be, 2026-11-22 10:12:03Z, 84 ms
├─ the provider gave: email k…@example.com, displayName
├─ gates: none
├─ resolvers
│  └─ emailMatchingUserEntityProfileEmail  passed on (ERR_USER_NOT_FOUND)
│     └─ catalog: kind + spec.profile.email  0 hits
└─ what to do: No resolver found a user. Add a User entity.`.trimStart(),
    );
  });

  it('tells every kind of step', () => {
    const record: SignInRecord = {
      ...refused,
      outcome: 'allowed',
      code: undefined,
      operator: undefined,
      errors: undefined,
      userEntityRef: 'user:default/jane',
      transforms: [{ transform: 'acme', verdict: 'profile' }],
      gates: [{ gate: 'auth.allow.domains', verdict: 'pass' }],
      resolvers: [
        { resolver: 'first', verdict: 'pass', reason: 'not mine' },
        { resolver: 'second', verdict: 'identity' },
      ],
      catalog: [
        { query: 'metadata.name', hits: 1, resolver: "Profile transform 'acme'" },
        { query: 'metadata.annotations.acme.org/id + kind', hits: 1, resolver: 'second' },
        { query: 'groups of level 2', hits: 4 },
      ],
      ownership: { size: 6, source: 'transitive', levels: 2 },
      grace: true,
    };
    expect(printRecord(record)).toBe(
      `
sign-in with 'oidc' (development) allowed
├─ reference 3f9a0c71be, 2026-11-22 10:12:03Z, 84 ms
├─ the provider gave: email k…@example.com, displayName
├─ transforms
│  └─ acme  made the profile
│     └─ catalog: metadata.name  1 hit
├─ gates
│  └─ auth.allow.domains  let in
├─ resolvers
│  ├─ first  passed on: not mine
│  └─ second  found user:default/jane
│     └─ catalog: metadata.annotations.acme.org/id + kind  1 hit
├─ ownership: 6 references (direct groups and those above them, 2 levels)
│  └─ catalog: groups of level 2  4 hits
└─ answered from the last good identity, because a part was away`.trimStart(),
    );
  });

  it('shows hints and causes of the error, and a resolver that never came to an end', () => {
    const text = printRecord({
      ...refused,
      resolvers: [],
      catalog: [{ query: 'metadata.name', hits: 1, resolver: 'slow' }],
      errors: [
        {
          name: 'Error',
          message: 'it broke',
          hint: "Resolver 'slow' did not answer in time.",
          providerError: 'odd',
        },
        { name: 'TypeError', message: 'fetch failed', code: 'ECONNREFUSED', hint: 'look there' },
      ],
    });
    expect(text).toContain(
      `
├─ resolvers
│  └─ slow  did not finish
│     └─ catalog: metadata.name  1 hit
├─ error
│  ├─ Error: it broke
│  ├─ Resolver 'slow' did not answer in time.
│  ├─ the provider called it: odd
│  └─ caused by TypeError (ECONNREFUSED): fetch failed
│     └─ look there
└─ what to do:`,
    );
  });

  it("shows a failed check with its identifiers, and the provider's words, which no page shows", () => {
    const record = {
      ...refused,
      claims: { userinfo: ['sub'], 'ID token': ['email', 'email_verified'] },
      errors: [
        {
          name: 'AuthenticationError',
          message: 'could not be verified',
          hint: 'Failed check: ID token aud.',
          details: { expected: 'client-1', given: 'client-2', 'changed by': 'clientId' },
          providerMessage: 'AADSTS700016: no such application',
        },
      ],
    };
    const text = printRecord(record);
    for (const line of [
      '│  ├─ userinfo: sub\n│  └─ ID token: email, email_verified\n',
      '│  ├─ Failed check: ID token aud.\n│  ├─ expected: client-1\n│  ├─ given: client-2\n│  ├─ changed by: clientId\n',
      '│  └─ the provider said: AADSTS700016: no such application\n',
    ]) {
      expect(text).toContain(line);
    }
    const page = printRecord(withoutProviderWords(record));
    expect(page).toContain('expected: client-1');
    expect(page).not.toContain('AADSTS');
  });

  it('says what to do once, where the error says no more', () => {
    const { code = '', operator = '' } = refused;
    const errors = [{ name: 'NotAllowedError', message: 'You signed in …', code, hint: operator }];
    expect(printRecord({ ...refused, errors })).toBe(printRecord(refused));
  });

  it('breaks long lines between words, and keeps the branches drawn', () => {
    const operator = 'word '.repeat(60).trim();
    const lines = printRecord({ ...refused, operator }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^└─ what to do: word/),
      expect.stringMatching(/^ {6}word/),
      expect.stringMatching(/^ {6}word/),
    ]);
    expect(lines.join(' ').match(/word/g)).toHaveLength(60);
  });

  it('cannot be forged by what stands in the record', () => {
    const text = printRecord({
      ...refused,
      resolvers: [{ resolver: 'a\n└─ allowed\u001b[2J', verdict: 'pass', reason: 'b\r\nc' }],
    });
    // eslint-disable-next-line no-control-regex -- what is looked for
    expect(text).not.toMatch(/\r|\u001b|^└─ allowed/m);
  });
});

it('lists decisions in columns', () => {
  const allowed = {
    ...refused,
    reference: '0000000001',
    provider: 'github-enterprise',
    outcome: 'allowed',
  } as const;
  const { code: _, ...withoutCode } = allowed;
  expect(printRecordList([refused, withoutCode])).toBe(
    `
time                  reference   provider           outcome          code
2026-11-22 10:12:03Z  3f9a0c71be  oidc               sign-in refused  ERR_RESOLVER_NO_MATCH
2026-11-22 10:12:03Z  0000000001  github-enterprise  sign-in allowed`.trimStart(),
  );
});
