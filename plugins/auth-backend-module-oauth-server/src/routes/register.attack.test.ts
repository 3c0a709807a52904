/** Registration and the command's document, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPortal, type Portal } from '../testing/portal.ts';

const callback = 'http://127.0.0.1:8055/callback';
let open: Portal;
let closed: Portal;
beforeAll(async () => {
  open = await startPortal({
    auth: {
      experimentalDynamicClientRegistration: { enabled: true },
      clientIdMetadataDocuments: { enabled: true },
    },
  });
  closed = await startPortal({ idp: open.idp });
});
afterAll(async () => {
  await closed.stop();
  await open.stop();
});

async function register(body: string, type = 'application/json', portal = open) {
  const answer = await fetch(`${portal.base}/v1/register`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: JSON.parse(await answer.text()) as Record<string, unknown>,
  };
}

describe('registration', () => {
  it('answers 201 with the client, which nobody keeps, and writes no secret to the log', async () => {
    const { status, headers, body } = await register(JSON.stringify({ redirect_uris: [callback] }));
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(Object.keys(body).sort()).toEqual([
      'client_id',
      'client_id_issued_at',
      'client_name',
      'client_secret',
      'client_secret_expires_at',
      'grant_types',
      'redirect_uris',
      'response_types',
      'token_endpoint_auth_method',
    ]);
    expect(open.logs.join('\n')).toContain(String(body['client_id']));
    expect(open.logs.join('\n')).not.toContain(String(body['client_secret']));
  });

  it.each([
    ['redirect_uris of a stranger', '{"redirect_uris":["https://evil.example/"]}', 'invalid_redirect_uri'],
    ['no redirect_uris', '{}', 'invalid_redirect_uri'],
    ['a list', '[]', 'invalid_client_metadata'],
    [
      'a name that is none',
      '{"redirect_uris":["http://127.0.0.1/a"],"client_name":""}',
      'invalid_client_metadata',
    ],
    ['a prototype', '{"__proto__":{"redirect_uris":["http://127.0.0.1/a"]}}', 'invalid_redirect_uri'],
    ['broken JSON', '{', 'invalid_request'],
    ['nothing', '', 'invalid_request'],
    ['too much', JSON.stringify({ client_name: 'a'.repeat(70_000) }), 'invalid_request'],
  ])('refuses %s as RFC 7591 has it', async (_, text, error) => {
    const { status, body } = await register(text);
    expect([status, body]).toEqual([400, { error, error_description: expect.any(String) }]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded'])(
    'takes no %s, which any page could send from the browser of somebody inside',
    async (type) => {
      const { status, body } = await register(JSON.stringify({ redirect_uris: [callback] }), type);
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    },
  );

  it('is not there while it is off', async () => {
    const { status, body } = await register(JSON.stringify({ redirect_uris: [callback] }), undefined, closed);
    expect([status, body['error']]).toEqual([404, expect.objectContaining({ name: 'NotFoundError' })]);
  });
});

describe('the document of Backstage’s command', () => {
  it('is answered from memory', async () => {
    const answer = await fetch(`${open.base}/.well-known/oauth-client/cli.json`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({
      client_id: 'http://localhost:7007/api/auth/.well-known/oauth-client/cli.json',
      client_name: 'Backstage CLI',
      redirect_uris: ['http://127.0.0.1:8055/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none',
      scope: 'openid offline_access',
    });
  });

  it('says that documents are off where they are', async () => {
    const answer = await fetch(`${closed.base}/.well-known/oauth-client/cli.json`);
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: 'not_found', error_description: 'Client ID metadata documents not enabled' },
    ]);
  });
});

describe('patterns in the config', () => {
  it.each([
    ['clientIdMetadataDocuments', { allowedClientIdPatterns: ['claude.ai/*'] }, 'allowedClientIdPatterns[0]'],
    [
      'experimentalClientIdMetadataDocuments',
      { allowedRedirectUriPatterns: ['http://localhost:*/*', 'https://!evil.example/*'] },
      'allowedRedirectUriPatterns[1]',
    ],
    [
      'experimentalDynamicClientRegistration',
      { allowedRedirectUriPatterns: ['https://user@example.com/*'] },
      'allowedRedirectUriPatterns[0]',
    ],
  ])('of %s that cannot be read refuse the start and name the key', async (block, settings, key) => {
    await expect(
      startPortal({ idp: open.idp, auth: { [block]: { enabled: true, ...settings } } }),
    ).rejects.toThrow(`auth.${block}.${key} must`);
  });
});
