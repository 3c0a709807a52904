import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal } from '../testing/expectations.ts';
import { startSample, type Sample } from '../testing/sample.ts';
import createPlugin from './auth.ts';
import { authModuleAuthHandler } from './module.ts';

describe.each([
  ['a router', { createPlugin }],
  ['a module', { features: [authModuleAuthHandler] }],
])('the auth handler as %s', (_way, way) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample(way);
  });
  afterAll(async () => sample.stop());

  it('makes the profile that the person sees', async () => {
    const { response } = await sample.signIn('jane');
    expect(response?.profile).toMatchObject({
      email: 'jane@example.com',
      displayName: 'Jane Doe (Google)',
    });
    expect(Object.values(response?.profile ?? {})).not.toContain(undefined);
    // There is no resolver, so the login gives access to Google only.
    expect(response).not.toHaveProperty('backstageIdentity');
  });

  it('refuses who has no verified address', async () => {
    expectRefusal(await sample.signIn('sam'), 'ERR_PROFILE_DENIED');
  });
});
