// Our auth plugin in a Backstage backend with the real catalog, and Backstage's own in another: what the actions registry of
// the host offers is compared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertRefused,
  backstageConfig,
  call,
  fromScript,
  identify,
  robotToken,
  session,
  startProgram,
} from './catalogBackend/sides.mjs';

const janesOwnership = ['user:default/jane', 'group:team-x/r-and-d.2'];

test('the action auth:who-am-i on a Backstage backend is as that of their auth plugin', async (context) => {
  const sides = await Promise.all(
    ['together', 'original'].map(async (auth) => {
      const side = await startProgram(context, auth, (place) => ({
        ...backstageConfig(place),
        auth: {
          environment: 'development',
          session,
          omitIdentityTokenOwnershipClaim: false,
          providers: { guest: { userEntityRef: 'user:default/jane' } },
        },
      }));
      await side.started;
      const signedIn = await call(`${side.baseUrl}/api/auth/guest/refresh`, { headers: fromScript });
      assert.equal(signedIn.status, 200, side.output());
      return { ...side, token: signedIn.body.backstageIdentity.token };
    }),
  );
  const actionsOf = ({ baseUrl }) => `${baseUrl}/api/auth/.backstage/actions`;
  const invoke = async (side, { version = 'v1', body = {}, token = side.token }) => {
    const { status, body: answer } = await call(
      `${actionsOf(side)}/${version}/actions/auth:who-am-i/invoke`,
      {
        token,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    return { status, answer };
  };

  await context.test('it is listed alike, but for the words', async () => {
    const [ours, theirs] = await Promise.all(
      sides.map(async (side) => (await call(`${actionsOf(side)}/v1/actions`, { token: side.token })).body),
    );
    assert.deepEqual(
      ours.actions.map(({ id }) => id),
      ['auth:who-am-i'],
    );
    assert.deepEqual(withoutDescriptions(ours), withoutDescriptions(theirs));
  });

  await context.test('it answers a user alike', async () => {
    for (const request of [{}, { version: 'v2', body: { input: {} } }]) {
      const [ours, theirs] = await Promise.all(sides.map(async (side) => invoke(side, request)));
      assert.equal(ours.status, 200, JSON.stringify(ours.answer));
      assert.equal(ours.answer.output.entity.spec.profile.email, 'Jane@acme.test');
      assert.deepEqual(ours.answer.output.userInfo, {
        userEntityRef: 'user:default/jane',
        ownershipEntityRefs: janesOwnership,
      });
      assert.deepEqual(ofAnyCatalog(ours), ofAnyCatalog(theirs));
    }
  });

  await context.test('it refuses others alike', async () => {
    for (const [token, status, name] of [
      [robotToken, 403, 'NotAllowedError'],
      ['', 403, 'NotAllowedError'],
      ['garbage', 401, 'AuthenticationError'],
    ]) {
      for (const side of sides) {
        const refused = await invoke(side, { token });
        assertRefused({ status: refused.status, body: refused.answer }, status, name);
      }
    }
  });

  await context.test('there, DefaultIdentityClient reads the ownership out of our token', async () => {
    const [{ baseUrl, token }] = sides;
    const { ownershipEntityRefs } = await identify(baseUrl, { issuer: `${baseUrl}/api/auth`, token });
    assert.deepEqual(ownershipEntityRefs, janesOwnership);
  });
});

function withoutDescriptions(value) {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === 'description' ? undefined : part)));
}

/** Two catalogs give one entity two ids. */
function ofAnyCatalog(value) {
  return JSON.parse(JSON.stringify(value, (key, part) => (['uid', 'etag'].includes(key) ? '' : part)));
}
