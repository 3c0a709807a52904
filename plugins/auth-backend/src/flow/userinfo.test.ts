/** Whose tokens userinfo takes, beyond those of users themselves. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRelayPortal } from '../testing/relay.ts';

let portal: Awaited<ReturnType<typeof startRelayPortal>>;
beforeAll(async () => {
  portal = await startRelayPortal();
});
afterAll(async () => portal.stop());

describe('a plugin that asks userinfo', () => {
  it('on behalf of a user is told what that user owns', async () => {
    expect(await portal.userinfo(await portal.tokenOf('jane', 'auth'))).toEqual({
      status: 200,
      body: {
        claims: {
          sub: 'user:default/jane',
          ent: ['user:default/jane', 'group:default/team-a', 'group:default/admins'],
        },
      },
    });
  });

  it('on its own behalf is told that it is no user', async () => {
    expect(await portal.userinfo(await portal.tokenOf('own', 'auth'))).toMatchObject({
      status: 400,
      body: { error: { name: 'InputError', code: 'ERR_USER_INFO_USER_REQUIRED' } },
    });
  });
});
