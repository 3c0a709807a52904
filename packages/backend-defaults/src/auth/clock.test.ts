/** The callers of a backend are judged at the time of the service `vestibule.clock`. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { clockServiceRef, createServiceFactory } from '@vestibule/backend-plugin-api';
import { decodeJwt } from 'jose';
import { startBackend, type TestBackend } from './testing/startBackend.ts';

const begun = Date.now();
let time = begun;
const hour = 3_600_000;
let backend: TestBackend;
beforeAll(async () => {
  const clock = createServiceFactory({
    service: clockServiceRef,
    deps: {},
    factory: () => ({ now: () => time }),
  });
  backend = await startBackend({}, [clock]);
});
beforeEach(() => {
  time = begun;
});
afterAll(async () => backend.stop());

it('a user token ends when the clock says so, and is good before', async () => {
  const token = backend.signer.userToken();
  const credentials = await backend.reports.auth.authenticate(token);
  expect(backend.reports.auth.isPrincipal(credentials, 'user')).toBe(true);
  time += hour + 61_000;
  await expect(backend.reports.auth.authenticate(token)).rejects.toMatchObject({
    code: 'ERR_TOKEN_INVALID',
    message: 'Failed user token verification',
  });
  await expect(backend.billing.auth.authenticate(backend.signer.userToken())).rejects.toMatchObject({
    code: 'ERR_TOKEN_INVALID',
  });
});

it('a service token is issued and judged by it', async () => {
  time += 48 * hour;
  const { auth } = backend.reports;
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: await auth.getOwnServiceCredentials(),
    targetPluginId: 'billing',
  });
  const { iat = 0 } = decodeJwt(token);
  expect(iat).toBe(Math.floor(time / 1000));
  const caller = await backend.billing.auth.authenticate(token);
  expect(backend.billing.auth.isPrincipal(caller, 'service')).toBe(true);
});
