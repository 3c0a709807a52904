/** An application that asks for access, as a native one does it: it registers itself, and listens on loopback. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What may differ between applications. */
export interface OAuthClientOptions {
  /** Default `Acme CLI`. */
  name?: string;
  /** Where the answer goes. Default: where it listens. */
  redirectUri?: string;
  /** Default `openid`. */
  scope?: string;
  /** A client with a metadata document does not register. Its redirect URI has this path. */
  document?: { clientId: string; path: string };
}

/** One that runs. */
export interface OAuthClientProgram {
  clientId: string;
  redirectUri: string;
  /** Begins an authorization. The answer is where the person's browser is to go. */
  begin(): string;
  /** The query of every answer that arrived, in their order. */
  answers: URLSearchParams[];
  /** Waits for the next answer. */
  answered(): Promise<URLSearchParams>;
  /** The user whose token the code of an answer gives, and whether a refresh token comes with it. */
  redeem(answer: URLSearchParams): Promise<{ sub: string; hasRefreshToken: boolean }>;
  stop(): void;
}

const page = '<!doctype html><title>Acme CLI</title><h1>You can go back to your terminal.</h1>';

/** @param backendUrl - For example `http://localhost:7007`. */
export async function startOAuthClient(
  backendUrl: string,
  options: OAuthClientOptions = {},
): Promise<OAuthClientProgram> {
  const { name = 'Acme CLI', scope = 'openid', document } = options;
  const authUrl = `${backendUrl}/api/auth`;
  const verifier = randomBytes(32).toString('base64url');
  const answers: URLSearchParams[] = [];
  let arrived: (answer: URLSearchParams) => void = () => undefined;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    response.setHeader('Content-Type', 'text/html');
    response.end(page);
    // A browser also asks for an icon.
    if (pathname !== (document?.path ?? '/callback')) return;
    answers.push(searchParams);
    arrived(searchParams);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const redirectUri = options.redirectUri ?? `http://127.0.0.1:${port}${document?.path ?? '/callback'}`;
  const clientId = document?.clientId ?? (await register());

  async function register(): Promise<string> {
    const answer = await postJson(`${authUrl}/v1/register`, {
      client_name: name,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    return String(answer.client_id);
  }

  return {
    clientId,
    redirectUri,
    answers,
    begin() {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope,
        state: 'a-state-of-the-client',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      return `${authUrl}/v1/authorize?${query}`;
    },
    answered: () => new Promise((resolve) => (arrived = resolve)),
    async redeem(answer) {
      const tokens = await postJson(`${authUrl}/v1/token`, {
        grant_type: 'authorization_code',
        client_id: clientId,
        code: answer.get('code'),
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      const headers = { authorization: `Bearer ${String(tokens.access_token)}` };
      const { claims } = (await (await fetch(`${authUrl}/v1/userinfo`, { headers })).json()) as {
        claims: { sub: string };
      };
      return { sub: claims.sub, hasRefreshToken: 'refresh_token' in tokens };
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function postJson(url: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
