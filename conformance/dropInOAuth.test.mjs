// The OAuth server of our auth plugin on Backstage's host: bodies of both kinds reach it, and Backstage's own services take
// the token that a client got. Their catalog is asked at each refresh.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { headers, ownPostgres, startDropIn, untilCatalogHas } from './dropIn/kit.mjs';

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
  const json = async (answer) => {
    const response = await answer;
    assert.equal(response.status, 200);
    return response.json();
  };
  const metadata = await json(fetch(`${auth}/.well-known/openid-configuration`));
  const client = { client_id: `${metadata.issuer}/.well-known/oauth-client/cli.json` };
  const redirectUri = 'http://127.0.0.1:8055/callback';
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    ...client,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 'a-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const begun = await fetch(`${auth}/v1/authorize?${query}`, { redirect: 'manual' });
  assert.equal(begun.status, 302);
  const handle = begun.headers.get('location').split('/').at(-1);

  const { backstageIdentity } = await json(fetch(`${auth}/guest/refresh`, { headers }));
  const { redirectUrl } = await json(
    fetch(`${auth}/v1/sessions/${handle}/approve`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${backstageIdentity.token}`, 'Content-Type': 'application/json' },
      body: '{}',
    }),
  );
  const answer = new URL(redirectUrl).searchParams;
  assert.equal(answer.get('iss'), metadata.issuer);

  const tokens = await json(
    fetch(`${auth}/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...client,
        grant_type: 'authorization_code',
        code: answer.get('code'),
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }),
    }),
  );
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
