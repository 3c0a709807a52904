/** A portal with the OAuth server on, and what a client and a user of it do. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { HttpBrowser } from '@vestibule/backend-test-utils';
import { startPortal, type Portal } from './portal.ts';

/** Everything that can be on. */
const oauthServerOn: JsonObject = {
  clientIdMetadataDocuments: { enabled: true },
  experimentalDynamicClientRegistration: { enabled: true },
  experimentalRefreshToken: { enabled: true },
};

/** What the backend of the tests calls itself; the port that it listens on is another. */
export const issuer = 'http://localhost:7007/api/auth';

/** A client that needs no fetch: its document is ours. */
export const cliClientId = `${issuer}/.well-known/oauth-client/cli.json`;
export const cliRedirectUri = 'http://127.0.0.1:8055/callback';

export const redirectUri = 'http://127.0.0.1:9000/callback?tenant=a%20b';
export const codeVerifier = 'a-verifier-of-the-tests-with-enough-characters';
export const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');

/** A client as it registered itself. */
export interface TestClient {
  id: string;
  secret?: string;
}

/** An answer in JSON. */
export interface JsonAnswer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown> & { error?: string };
}

type Fields = Readonly<Record<string, string | undefined>>;

export type OAuthPortal = Awaited<ReturnType<typeof startOAuthPortal>>;

export async function startOAuthPortal(options: Parameters<typeof startPortal>[0] = {}) {
  return withOAuth(await startPortal({ ...options, auth: { ...oauthServerOn, ...options.auth } }));
}

/** The acts, at one portal. */
export function withOAuth(portal: Portal) {
  const { base } = portal;

  async function json(path: string, init: RequestInit = {}): Promise<JsonAnswer> {
    const response = await fetch(`${base}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    const body = text.startsWith('{') ? (JSON.parse(text) as JsonAnswer['body']) : {};
    return { status: response.status, headers: response.headers, text, body };
  }

  return {
    ...portal,
    json,

    async register(document: JsonObject = {}): Promise<TestClient> {
      const { status, body, text } = await json('/v1/register', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Acme notes', redirect_uris: [redirectUri], ...document }),
      });
      if (status !== 201) throw new Error(`registration answered ${status}: ${text}`);
      const secret = body['client_secret'];
      return { id: String(body['client_id']), ...(typeof secret === 'string' && { secret }) };
    },

    /** The full token of somebody who signs in. */
    async userToken(name = 'jane'): Promise<string> {
      const { response } = await portal.signIn(new HttpBrowser(), name);
      return response?.backstageIdentity?.token ?? '';
    },

    /** A request for a code, with PKCE. `undefined` takes a parameter away. */
    async authorize(
      client: TestClient,
      changes: Fields = {},
      headers: Record<string, string> = {},
    ): Promise<JsonAnswer & { location: string }> {
      const parameters = formOf({
        client_id: client.id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid offline_access',
        state: 'a state & more',
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        ...changes,
      });
      const answer = await json(`/v1/authorize?${parameters}`, { headers });
      return { ...answer, location: answer.headers.get('location') ?? '' };
    },

    /** The handle of a request that was begun. */
    async begin(client: TestClient, changes: Fields = {}): Promise<string> {
      const { location, text } = await this.authorize(client, changes);
      const [, handle] = /^http:\/\/localhost:3000\/oauth2\/authorize\/([\w-]+)$/.exec(location) ?? [];
      if (handle === undefined) throw new Error(`the request led to '${location}': ${text}`);
      return handle;
    },

    async decide(handle: string, token: string, draft: 'approve' | 'reject' = 'approve') {
      return json(`/v1/sessions/${handle}/${draft}`, {
        method: 'POST',
        headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      });
    },

    /** From the request to the code. */
    async code(client: TestClient, token: string, changes: Fields = {}): Promise<string> {
      const { body, text } = await this.decide(await this.begin(client, changes), token);
      const code = new URL(String(body['redirectUrl'])).searchParams.get('code');
      if (code === null) throw new Error(`the approval gave no code: ${text}`);
      return code;
    },

    /** The client authenticates in the body; `undefined` takes a field away. */
    async token(client: TestClient, fields: Fields, headers: Record<string, string> = {}) {
      return json('/v1/token', {
        method: 'POST',
        headers,
        body: formOf({ client_id: client.id, client_secret: client.secret, ...fields }),
      });
    },

    async exchange(
      client: TestClient,
      code: string,
      changes: Fields = {},
      headers: Record<string, string> = {},
    ) {
      const fields = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      };
      return this.token(client, { ...fields, ...changes }, headers);
    },

    async refreshWith(client: TestClient, refreshToken: unknown, changes: Fields = {}) {
      return this.token(client, {
        grant_type: 'refresh_token',
        refresh_token: String(refreshToken),
        ...changes,
      });
    },

    async revoke(client: TestClient, token: unknown, changes: Fields = {}) {
      return json('/v1/revoke', {
        method: 'POST',
        body: formOf({
          client_id: client.id,
          client_secret: client.secret,
          token: String(token),
          ...changes,
        }),
      });
    },

    /** From the request to tokens. */
    async grant(client: TestClient, userToken: string, changes: Fields = {}) {
      const answer = await this.exchange(client, await this.code(client, userToken, changes));
      if (answer.status !== 200) throw new Error(`the exchange answered ${answer.status}: ${answer.text}`);
      return answer.body;
    },
  };
}

function formOf(fields: Fields): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(name, value);
  return form;
}
