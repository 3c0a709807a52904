import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { expectIdentity, expectRefusal } from '../testing/expectations.ts';
import { startSample, type Sample } from '../testing/sample.ts';
import createPlugin from './auth.ts';
import { authModuleCustomOwnership } from './module.ts';

describe.each([
  ['a router', { createPlugin }, 'ERR_RESOLVER_DENIED'],
  ['a module', { features: [authModuleCustomOwnership] }, 'ERR_EMAIL_NOT_VERIFIED'],
])('custom ownership as %s', (_way, way, withoutEmail) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample(way);
  });
  afterAll(async () => sample.stop());

  it('signs in the user with the annotation acme.org/email, who owns what their groups own', async () => {
    const answer = await sample.signIn('jane');
    expectIdentity(answer, 'user:default/jane', ['user:default/jane', 'group:default/team-a']);
  });

  it('refuses who has no address, and whom no annotation names', async () => {
    expectRefusal(await sample.signIn('sam'), withoutEmail);
    expectRefusal(await sample.signIn('kim'), 'ERR_RESOLVER_NO_MATCH');
  });
});
