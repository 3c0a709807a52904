import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { expectIdentity, expectRefusal } from '../testing/expectations.ts';
import { startSample, type Sample } from '../testing/sample.ts';
import createPlugin from './auth.ts';
import { authModuleCustomGoogleResolver } from './module.ts';

describe.each([
  ['a router', { createPlugin }, 'ERR_RESOLVER_DENIED'],
  ['a module', { features: [authModuleCustomGoogleResolver] }, 'ERR_EMAIL_NOT_VERIFIED'],
])('the custom Google resolver as %s', (_way, way, withoutEmail) => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample(way);
  });
  afterAll(async () => sample.stop());

  it('signs in the user whose name is the local part', async () => {
    const answer = await sample.signIn('jane');
    expectIdentity(answer, 'user:default/jane', ['user:default/jane', 'group:default/team-a']);
  });

  it('refuses who has no address, whom myEmailValidator refuses, and who is not in the catalog', async () => {
    expectRefusal(await sample.signIn('sam'), withoutEmail);
    expectRefusal(await sample.signIn('kim'), 'ERR_RESOLVER_DENIED');
    expectRefusal(await sample.signIn('omar'), 'ERR_RESOLVER_NO_MATCH');
  });
});
