// Sign-in is ours, the catalog is Backstage's, each in a process of its own: our look-ups are answered by their catalog,
// and their plugins take our users for theirs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createBrowser } from './browser.mjs';
import {
  assertRefused,
  backstageConfig,
  call,
  end,
  identify,
  identityOf,
  refresh,
  robotToken,
  signIn,
  startProgram,
  startVestibule,
} from './catalogBackend/sides.mjs';

const janesOwnership = ['user:default/jane', 'group:team-x/r-and-d.2', 'group:default/tech.dept_1'];

test('our sign-in beside a Backstage backend with the real catalog', async (context) => {
  let portal;
  const theirs = await startProgram(context, 'backstage', async (place) => {
    portal = await startVestibule(context, { catalog: place.baseUrl });
    const target = `${portal.baseUrl}/api/{{pluginId}}`;
    return { ...backstageConfig(place), discovery: { endpoints: [{ target, plugins: ['auth'] }] } };
  });
  await Promise.all([portal.ours.started, theirs.started]);
  const catalog = `${theirs.baseUrl}/api/catalog`;
  const desk = `${theirs.baseUrl}/api/desk`;
  const zoeByName = 'entities/by-name/user/team-x/Zoe_O.Brien-7';
  const browsers = { jane: createBrowser(), pat: createBrowser() };
  let token;

  await context.test('our look-ups are answered under our service token, and nobody else is', async () => {
    assertRefused(await call(`${catalog}/entities`), 401, 'AuthenticationError');
    const jane = await identityOf(portal, 'jane', browsers.jane);
    token = jane.token;
    const { type, userEntityRef, ownershipEntityRefs } = jane.identity;
    assert.deepEqual([type, userEntityRef], ['user', 'user:default/jane']);
    assert.deepEqual(ownershipEntityRefs, janesOwnership);
    assert.match(portal.ours.output(), /GET \/api\/auth\/\.backstage\/auth\/v1\/jwks\.json 200/);
  });

  await context.test('users are found by odd annotations and addresses, with odd names', async () => {
    const zoe = await identityOf(portal, "auth0|Zoë O'Brien:7/x+y%2F&z");
    assert.equal(zoe.identity.userEntityRef, 'user:team-x/zoe_o.brien-7');
    assert.deepEqual(zoe.identity.ownershipEntityRefs, [
      'user:team-x/zoe_o.brien-7',
      'group:team-x/r-and-d.2',
      'group:default/tech.dept_1',
    ]);
    const pat = await identityOf(portal, 'pat', browsers.pat);
    assert.equal(pat.identity.userEntityRef, 'user:default/pat');
  });

  for (const [as, code, what] of [
    ['kim', 'ERR_RESOLVER_NO_MATCH', 'who is not in the catalog'],
    ['ABCD', 'ERR_CATALOG_ANSWER_INVALID', 'whose id differs in case only from that of somebody else'],
    ['x,kind=Group', 'ERR_CATALOG_QUERY_UNSAFE', 'whose id would change the query'],
  ]) {
    await context.test(`refused is ${what}`, async () => {
      const { response, error } = await signIn(portal, as);
      assert.equal(response, undefined);
      assert.equal(error.code, code);
    });
  }

  await context.test('a query that an id would have changed was never sent', () => {
    const asked = theirs.output();
    assert.ok(asked.includes('account-id%3Dkim') && !asked.includes('kind%3DGroup'));
  });

  await context.test('their httpAuth, userInfo and catalog take our user token', async () => {
    assert.deepEqual((await call(`${desk}/who`, { token })).body, {
      principal: { type: 'user', userEntityRef: 'user:default/jane' },
      userInfo: { userEntityRef: 'user:default/jane', ownershipEntityRefs: janesOwnership },
    });
    const zoe = await call(`${catalog}/${zoeByName}`, { token });
    assert.deepEqual([zoe.status, zoe.body.metadata.name], [200, 'Zoe_O.Brien-7']);
    for (const bad of [undefined, token.slice(0, -8), robotToken.toUpperCase()]) {
      assertRefused(await call(`${desk}/who`, { token: bad }), 401, 'AuthenticationError');
      assertRefused(await call(`${catalog}/${zoeByName}`, { token: bad }), 401, 'AuthenticationError');
    }
  });

  await context.test(
    'our limited token in their cookie opens what is for cookies, and nothing else',
    async () => {
      const issued = await call(`${desk}/.backstage/auth/v1/cookie`, { token });
      assert.equal(issued.status, 200);
      const [, cookie, attributes] = /^backstage-auth=([^;]+);(.*)$/.exec(issued.cookies[0]);
      assert.match(attributes, /HttpOnly/);

      const { status, body } = await call(`${desk}/limited/who`, { cookie });
      assert.deepEqual([status, body.principal.userEntityRef], [200, 'user:default/jane']);
      assert.deepEqual(body.userInfo.ownershipEntityRefs, janesOwnership);
      for (const url of [`${desk}/who`, `${catalog}/${zoeByName}`, `${desk}/.backstage/auth/v1/cookie`]) {
        assertRefused(await call(url, { cookie }), 401, 'AuthenticationError');
        assertRefused(await call(url, { token: cookie }), 401, 'AuthenticationError');
      }
      // The full token has no place in a cookie.
      assertRefused(await call(`${desk}/who`, { cookie: token }), 401, 'AuthenticationError');
    },
  );

  await context.test('their plugin calls others, and us, on behalf of our user', async () => {
    const relayed = async (path) => (await call(`${desk}/relay/${path}`, { token })).body;
    const zoe = await relayed(`catalog/${zoeByName}`);
    assert.deepEqual([zoe.status, zoe.body.metadata?.name], [200, 'Zoe_O.Brien-7']);
    assert.deepEqual(await relayed('shelf/who'), {
      status: 200,
      body: {
        principal: {
          type: 'user',
          userEntityRef: 'user:default/jane',
          actor: { type: 'service', subject: 'plugin:desk' },
        },
        userInfo: { userEntityRef: 'user:default/jane', ownershipEntityRefs: janesOwnership },
      },
    });
    assert.deepEqual(await relayed('auth/v1/userinfo'), {
      status: 200,
      body: { claims: { sub: 'user:default/jane', ent: janesOwnership } },
    });
  });

  await context.test('DefaultIdentityClient verifies our token, and insists on our issuer', async () => {
    const issuer = `${portal.baseUrl}/api/auth`;
    assert.deepEqual(await identify(portal.baseUrl, { issuer, token }), {
      type: 'user',
      userEntityRef: 'user:default/jane',
      ownershipEntityRefs: [],
    });
    const wrong = { name: 'AuthenticationError', message: /"iss"/ };
    await assert.rejects(identify(portal.baseUrl, { issuer: `${theirs.baseUrl}/api/auth`, token }), wrong);
  });

  await context.test(
    'where their backend does not know us, the catalog refuses, and so do we',
    async (inner) => {
      const stranger = await startVestibule(inner, { catalog: theirs.baseUrl });
      await stranger.ours.started;
      const { response, error } = await signIn(stranger, 'jane');
      assert.equal(response, undefined);
      assert.equal(error.code, 'ERR_CATALOG_REFUSED');
    },
  );

  await context.test('while the catalog fails, sessions go on and nobody signs in', async () => {
    // A new process remembers no answer of the catalog.
    await end(portal.ours);
    portal = await startVestibule(context, { catalog: theirs.baseUrl, earlier: portal });
    await portal.ours.started;
    theirs.child.send('lose the database');
    await once(theirs.child, 'message');
    const failing = await call(`${catalog}/${zoeByName}`, { token });
    assert.equal(failing.status, 500, JSON.stringify(failing.body));
    await assertGrace(portal, 'jane', browsers.jane);
  });

  await context.test('while the catalog is down, too', async () => {
    await end(theirs);
    await assertGrace(portal, 'pat', browsers.pat);
  });
});

/** The session of before is answered for a short time, and a sign-in is refused. */
async function assertGrace(portal, as, browser) {
  const refreshed = await refresh(portal, browser);
  assert.equal(refreshed.status, 200, `${JSON.stringify(refreshed.body)}\n${portal.ours.output()}`);
  const { identity, expiresInSeconds } = refreshed.body.backstageIdentity;
  assert.equal(identity.userEntityRef, `user:default/${as}`);
  assert.ok(expiresInSeconds <= 480 && expiresInSeconds > 400, String(expiresInSeconds));
  const { response, error } = await signIn(portal, as);
  assert.equal(response, undefined);
  assert.equal(error.code, 'ERR_CATALOG_UNAVAILABLE');
}
