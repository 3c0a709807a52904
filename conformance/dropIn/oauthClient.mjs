// A client of the OAuth server, for a person who lets it act for them.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

/** The body of an answer that must be 200. */
export async function json(answer) {
  const response = await answer;
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

/**
 * The client asks, the person consents, and the client fetches its tokens.
 *
 * @param auth - The base URL of the auth plugin.
 * @param userToken - Of the person.
 */
export async function tokensForClient(auth, userToken) {
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

  const { redirectUrl } = await json(
    fetch(`${auth}/v1/sessions/${handle}/approve`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${userToken}`, 'Content-Type': 'application/json' },
      body: '{}',
    }),
  );
  const answer = new URL(redirectUrl).searchParams;
  assert.equal(answer.get('iss'), metadata.issuer);

  return json(
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
}
