/** Acme ID on loopback: everybody who comes is the same person and agrees. */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AcmeId {
  baseUrl: string;
  clientId: string;
  clientSecret: string;
  /** What `/api/me` answers. */
  person: Record<string, unknown>;
  /** Replaces answers by path. */
  answers: Map<string, { status: number; body: unknown }>;
  close(): Promise<void>;
}

export async function startAcmeId(): Promise<AcmeId> {
  const challenges = new Map<string, { challenge: string; redirectUri: string }>();
  const refreshTokens = new Set<string>();
  const accessTokens = new Set<string>();
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers = {}, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(body === undefined ? '' : JSON.stringify(body));
      },
      (error: unknown) => response.destroy(error as Error),
    );
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  const acme: AcmeId = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: 'portal',
    // Characters that Basic authentication has to encode.
    clientSecret: 'p:w+%',
    person: { id: 'a-1', name: 'Jane Doe', email: 'jane@acme.example', email_verified: true },
    answers: new Map(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return acme;

  async function answer(
    request: IncomingMessage,
  ): Promise<{ status: number; headers?: Record<string, string>; body?: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', acme.baseUrl);
    const replaced = acme.answers.get(pathname);
    if (replaced) return replaced;
    switch (pathname) {
      case '/oauth/authorize': {
        const code = randomUUID();
        const redirectUri = searchParams.get('redirect_uri') ?? '';
        challenges.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirectUri });
        const callback = new URL(redirectUri);
        callback.searchParams.set('code', code);
        callback.searchParams.set('state', searchParams.get('state') ?? '');
        return { status: 302, headers: { location: callback.href } };
      }
      case '/oauth/token': {
        const form = new URLSearchParams(await bodyOf(request));
        const expected = [acme.clientId, acme.clientSecret].map(encodeURIComponent).join(':');
        const given = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
        if (Buffer.from(given, 'base64').toString() !== expected) {
          return { status: 401, body: { error: 'invalid_client' } };
        }
        if (!redeem(form)) return { status: 400, body: { error: 'invalid_grant' } };
        const [accessToken, refreshToken] = [randomUUID(), randomUUID()];
        accessTokens.add(accessToken);
        refreshTokens.add(refreshToken);
        return {
          status: 200,
          body: {
            access_token: accessToken,
            token_type: 'bearer',
            expires_in: 3600,
            refresh_token: refreshToken,
            scope: 'profile',
          },
        };
      }
      case '/api/me':
        return accessTokens.has((request.headers.authorization ?? '').replace('Bearer ', ''))
          ? { status: 200, body: acme.person }
          : { status: 401, body: { error: 'invalid_token' } };
      default:
        return { status: 404, body: { error: 'not_found' } };
    }
  }

  /** Codes and refresh tokens are good once. */
  function redeem(form: URLSearchParams): boolean {
    if (form.get('grant_type') === 'refresh_token')
      return refreshTokens.delete(form.get('refresh_token') ?? '');
    const code = form.get('code') ?? '';
    const asked = challenges.get(code);
    challenges.delete(code);
    const proved = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return asked?.challenge === proved && asked.redirectUri === form.get('redirect_uri');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
