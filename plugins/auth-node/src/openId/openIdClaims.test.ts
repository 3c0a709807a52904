import { describe, expect, it } from '@jest/globals';
import { earlierIdToken, mergeClaims } from './openIdClaims.ts';

const token = { iss: 'https://idp.example', aud: 'x', exp: 1, iat: 1, nonce: 'n', sub: 'jane' };

describe('the claims of a login', () => {
  it('are those of userinfo, and of the ID token what userinfo lacks', () => {
    expect(
      mergeClaims({ sub: 'jane', name: 'Jane' }, { ...token, name: 'J.', upn: 'jane@acme', groups: ['a'] }),
    ).toEqual({
      claims: { sub: 'jane', name: 'Jane', upn: 'jane@acme', groups: ['a'] },
      sources: { sub: 'userinfo', name: 'userinfo', upn: 'ID token', groups: 'ID token' },
    });
  });

  it('are all of the ID token where there is no userinfo', () => {
    const { claims, sources } = mergeClaims(undefined, token);
    expect(claims).toEqual(token);
    expect(new Set(Object.values(sources))).toEqual(new Set(['ID token']));
  });

  it.each<[string, object, object, object]>([
    [
      'the address of userinfo is not verified by the ID token',
      { email: 'a@x.example' },
      { email: 'a@x.example', email_verified: true },
      { email: 'a@x.example' },
    ],
    [
      'the address of the ID token is not verified by userinfo',
      { email_verified: true },
      { email: 'a@x.example' },
      { email: 'a@x.example' },
    ],
    [
      'the address of the ID token comes with what the ID token says of it',
      { email_verified: false },
      { email: 'a@x.example', email_verified: true },
      { email: 'a@x.example', email_verified: true },
    ],
    ['a verification of nothing is left where it is', { email_verified: true }, {}, { email_verified: true }],
    ['a verification alone does not go over', {}, { email_verified: true }, {}],
    [
      'a telephone number likewise',
      { phone_number_verified: true },
      { phone_number: '+1' },
      { phone_number: '+1' },
    ],
  ])('never mix documents: %s', (_title, userinfo, idToken, expected) => {
    const { claims } = mergeClaims({ sub: 'jane', ...userinfo }, { ...token, ...idToken });
    expect(claims).toEqual({ sub: 'jane', ...expected });
  });

  it('keep at a refresh what an earlier ID token had said, and nothing of an earlier userinfo', () => {
    const { claims, sources } = mergeClaims({ sub: 'jane', name: 'Jane' }, { ...token, upn: 'jane@acme' });
    expect(earlierIdToken(claims, sources)).toEqual({ upn: 'jane@acme' });
    expect(earlierIdToken(claims)).toEqual({});
  });
});
