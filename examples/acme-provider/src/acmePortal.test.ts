/* The three Acme examples in one backend, added as their READMEs say, and signed in to. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PopupMessage } from '@vestibule/backend-test-utils';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startAcmePortal, type AcmePortal } from './testing/acmePortal.ts';

let portal: AcmePortal;

beforeAll(async () => {
  portal = await startAcmePortal();
});

afterAll(async () => {
  await portal.stop();
});

/** Who a token says that they are, once it has been verified. */
async function subjectOf({ response, error }: PopupMessage): Promise<string | undefined> {
  expect(error).toBeUndefined();
  const keys = createRemoteJWKSet(new URL(`${portal.url}/api/auth/.well-known/jwks.json`));
  const { payload } = await jwtVerify(response?.backstageIdentity?.token ?? '', keys);
  return payload.sub;
}

describe('a backend with the Acme examples', () => {
  it('signs in with Acme ID, the provider that one line added', async () => {
    const message = await portal.signIn('acme');
    expect(await subjectOf(message)).toBe('user:default/jane');
    expect(message.response).toMatchObject({
      profile: { email: 'jane@acme.example', displayName: 'Jane Doe' },
      backstageIdentity: {
        identity: {
          type: 'user',
          userEntityRef: 'user:default/jane',
          ownershipEntityRefs: ['user:default/jane', 'group:default/rockets'],
        },
      },
    });
  });

  it('refuses who is missing in the static catalog', async () => {
    const { person } = portal.acmeId;
    portal.acmeId.person = { ...person, id: 'a-2' };
    const { response, error } = await portal.signIn('acme');
    portal.acmeId.person = person;
    expect(response).toBeUndefined();
    expect(error).toMatchObject({ name: 'NotAllowedError', code: 'ERR_RESOLVER_NO_MATCH' });
  });

  it('compares an id byte for byte: A-1 is somebody else than a-1', async () => {
    const { person } = portal.acmeId;
    portal.acmeId.person = { ...person, id: 'A-1' };
    const { response, error } = await portal.signIn('acme');
    portal.acmeId.person = person;
    expect(response).toBeUndefined();
    expect(error?.code).toBe('ERR_CATALOG_ANSWER_INVALID');
  });

  it('signs employees in with the resolver that one line added, owning what the group above owns', async () => {
    portal.openId.person.employee_number = '000042';
    const message = await portal.signIn('oidc');
    expect(await subjectOf(message)).toBe('user:default/jane');
    expect(message.response?.backstageIdentity?.identity.ownershipEntityRefs).toEqual([
      'user:default/jane',
      'group:default/rockets',
      'group:default/research',
    ]);
  });

  it.each([
    ['passes on a login without an employee number', undefined, 'ERR_RESOLVER_NO_MATCH'],
    ['finds nobody for a number that nobody has', '999999', 'ERR_RESOLVER_NO_MATCH'],
    ['refuses a number that is a list', ['000042'], 'ERR_RESOLVER_DENIED'],
    ['refuses a number with a condition in it', '42,kind=group', 'ERR_RESOLVER_DENIED'],
  ])('%s', async (_what, number, code) => {
    portal.openId.person.employee_number = number;
    const { response, error } = await portal.signIn('oidc');
    expect(response).toBeUndefined();
    expect(error?.code).toBe(code);
  });
});
