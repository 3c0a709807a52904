import { describe, expect, it } from '@jest/globals';
import { openIdProfile } from './openIdProfile.ts';

const verified = { email: 'jane@example.com', email_verified: true };

describe('the profile of standard claims', () => {
  it('has e-mail, display name and picture', () => {
    const claims = { ...verified, name: 'Jane Doe', picture: 'https://example.com/jane.png' };
    expect(openIdProfile(claims)).toEqual({
      profile: {
        email: 'jane@example.com',
        displayName: 'Jane Doe',
        picture: 'https://example.com/jane.png',
      },
    });
  });

  it('has no empty members', () => {
    expect(openIdProfile({})).toEqual({ profile: {} });
    expect(openIdProfile({ email: '', name: ' ', picture: '' })).toEqual({ profile: {} });
    expect(openIdProfile({ email: null, name: null, picture: null })).toEqual({ profile: {} });
  });

  it.each<[object, string]>([
    [{ ...verified, email_verified: false }, 'false'],
    [{ ...verified, email_verified: 'false' }, 'false'],
    [{ ...verified, email_verified: 1 }, 'false'],
    [{ ...verified, email_verified: undefined }, 'absent'],
    [{ ...verified, email_verified: null }, 'absent'],
    [{ ...verified, email_verified: '' }, 'absent'],
    [{ ...verified, email_verified: 'true' }, 'text'],
    [{ ...verified, email_verified: 'True' }, 'text'],
    [{ email: 'not an address', email_verified: false }, 'false'],
  ])('of %j tells why it is not verified: %s', (claims, emailNotVerified) => {
    const emailOmitted = 'ERR_EMAIL_NOT_VERIFIED';
    expect(openIdProfile(claims)).toEqual({ profile: {}, emailOmitted, emailNotVerified });
  });

  it.each([false, 'false', 0, 'no', {}])(
    'with trustUnverifiedEmail: true never takes %j',
    (email_verified) => {
      const options = { trustUnverifiedEmail: true };
      expect(openIdProfile({ ...verified, email_verified }, options)).toMatchObject({
        emailNotVerified: 'false',
      });
    },
  );

  it('takes just the causes that are listed', () => {
    const taken = (trusted: readonly ('false' | 'absent' | 'text')[]) =>
      [false, undefined, 'true']
        .map((email_verified) =>
          openIdProfile({ ...verified, email_verified }, { trustUnverifiedEmail: trusted }),
        )
        .map(({ profile }) => profile.email !== undefined);
    expect(taken([])).toEqual([false, false, false]);
    expect(taken(['false'])).toEqual([true, false, false]);
    expect(taken(['absent'])).toEqual([false, true, false]);
    expect(taken(['text'])).toEqual([false, false, true]);
  });

  it.each<[object, string]>([
    [{ email: 'not an address', email_verified: true }, 'ERR_PROFILE_EMAIL_INVALID'],
    [{ email: 7, email_verified: true }, 'ERR_PROFILE_EMAIL_INVALID'],
    [{ email: `${'j'.repeat(300)}@example.com`, email_verified: true }, 'ERR_PROFILE_EMAIL_INVALID'],
  ])('of %j tells why it has no e-mail: %s', (claims, emailOmitted) => {
    expect(openIdProfile(claims)).toEqual({ profile: {}, emailOmitted });
  });

  it('takes an unverified address only where the operator says so, and never a malformed one', () => {
    const options = { trustUnverifiedEmail: true };
    expect(openIdProfile({ email: 'jane@example.com' }, options)).toEqual({
      profile: { email: 'jane@example.com' },
    });
    expect(openIdProfile({ email: 'jane' }, options)).toEqual({
      profile: {},
      emailOmitted: 'ERR_PROFILE_EMAIL_INVALID',
    });
  });

  it.each([
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    'file:///etc/passwd',
    '/jane.png',
    7,
    `https://e/${'x'.repeat(3000)}`,
    'https://example.com/a picture.png',
    'https://example.com/jane\n.png',
  ])('leaves out the picture %p', (picture) => {
    expect(openIdProfile({ picture })).toEqual({ profile: {} });
  });

  it('takes control characters and direction overrides out of the name', () => {
    expect(openIdProfile({ name: 'Jane\n\u202eeoD\0' })).toEqual({ profile: { displayName: 'JaneeoD' } });
    expect(openIdProfile({ name: 'x'.repeat(257) })).toEqual({ profile: {} });
    expect(openIdProfile({ name: ['Jane'] })).toEqual({ profile: {} });
  });
});
