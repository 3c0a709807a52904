import { afterEach, describe, it } from '@jest/globals';
import { expectIdentity } from '../testing/expectations.ts';
import { startSample, type Sample } from '../testing/sample.ts';
import createPlugin from './auth.ts';
import { authModuleGuestResolver } from './module.ts';

let sample: Sample | undefined;
afterEach(async () => sample?.stop());

describe.each([
  ['a router', { createPlugin }],
  ['a module', { features: [authModuleGuestResolver] }],
])('the guest resolver as %s', (_way, way) => {
  it('makes everybody with an account at GitHub the same guest', async () => {
    sample = await startSample({ ...way, provider: 'github' });
    for (const person of ['jane', 'kim']) {
      expectIdentity(await sample.signIn(person), 'user:default/guest', ['user:default/guest']);
    }
  });
});
