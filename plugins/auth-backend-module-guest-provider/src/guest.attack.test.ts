/** Picking a user lets anybody in as anybody: it exists in development only, and takes nothing but a user's reference. */
import { describe, expect, it } from '@jest/globals';
import { guest, request } from './testing/guest.ts';

describe('picking a user', () => {
  it.each([
    ['guests are not allowed', {}],
    ['guests are allowed', { dangerouslyAllowOutsideDevelopment: true }],
    ['picking is switched on', { dangerouslyAllowOutsideDevelopment: true, pickUser: true }],
  ])('does not exist outside development where %s', async (_title, keys) => {
    for (const user of ['user:default/jane', 'user:development/guest', 'nonsense']) {
      await expect(guest({ keys }).authenticate(request(user))).rejects.toMatchObject({
        name: 'NotAllowedError',
        code: 'ERR_GUEST_NOT_ALLOWED',
      });
    }
  });

  it.each([
    'jane',
    'default/jane',
    'user:jane',
    'user:default/',
    'group:default/admins',
    'users:default/jane',
    'user:default/jane,metadata.name=omar',
    'user:default/jane/omar',
    'user:default/jane?filter=kind=group',
    'user:default/../group/admins',
    'user:default/jane omar',
    'user:default/j\u0430ne',
    '\u017fuser:default/jane',
    'u\u017fer:default/jane',
    `user:default/${'j'.repeat(300)}`,
    '[object Object]',
    '__proto__',
  ])('takes nothing but the full reference of a user: %s', async (user) => {
    await expect(guest({ isDevelopment: true }).authenticate(request(user))).rejects.toMatchObject({
      name: 'InputError',
      code: 'ERR_AUTH_PARAMETER_INVALID',
    });
  });

  it('says nothing about the value in the words that the person sees', async () => {
    const error = (await guest({ isDevelopment: true })
      .authenticate(request('<script>alert(1)</script>'))
      .catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).not.toContain('script');
  });
});
