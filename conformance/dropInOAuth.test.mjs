// The OAuth server of our auth plugin on Backstage's host: bodies of both kinds reach it, and Backstage's own services take
// the token that a client got. Their catalog is asked at each refresh.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers, ownPostgres, startDropIn, untilCatalogHas } from './dropIn/kit.mjs';
import { json, tokensForClient } from './dropIn/oauthClient.mjs';

test('the OAuth server lets a client act for a user in a real Backstage backend', async (context) => {
  const postgres = await ownPostgres(context);
  if (!postgres) return context.skip('no PostgreSQL');
  const backstage = await startDropIn(context, {
    postgres,
    parts: ['ours', 'oauth server', 'catalog', 'vestibule:guest', 'whoami'],
    auth: {
      clientIdMetadataDocuments: { enabled: true },
      experimentalRefreshToken: { enabled: true },
      providers: { guest: { userEntityRef: 'user:default/jane' } },
    },
  });
  assert.equal((await backstage.started).outcome, 'success');
  const { baseUrl } = backstage;
  await untilCatalogHas(baseUrl, 'user/default/jane');
  const auth = `${baseUrl}/api/auth`;
  const { backstageIdentity } = await json(fetch(`${auth}/guest/refresh`, { headers }));
  const tokens = await tokensForClient(auth, backstageIdentity.token);
  const who = await json(
    fetch(`${baseUrl}/api/whoami`, { headers: { Authorization: `Bearer ${tokens.access_token}` } }),
  );
  assert.equal(who.userEntityRef, 'user:default/jane');

  const next = await json(
    fetch(`${auth}/v1/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
    }),
  );
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const tooLarge = await fetch(`${auth}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({ refresh_token: 'x'.repeat(70_000) }),
  });
  assert.equal(tooLarge.status, 400);
  assert.equal((await tooLarge.json()).error, 'invalid_request');
});
