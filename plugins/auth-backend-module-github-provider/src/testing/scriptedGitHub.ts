/**
 * A GitHub Enterprise of one person for tests, stricter than the emulator: PKCE, scopes, `iss`, tokens that expire, pages,
 * teams and revocation. Any answer can be replaced by a script.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  /** An object or list goes as JSON, a text as it is. */
  body?: unknown;
}

/** Changes the honest answer; `hang` gives none, `reset` cuts the connection. */
export type AnswerScript = (
  honest: ScriptedAnswer,
  request: ScriptedRequest,
) => ScriptedAnswer | 'hang' | 'reset';

export type ScriptedEndpoint = 'token' | 'user' | 'emails' | 'orgs' | 'team' | 'revocation';

export interface ScriptedRequest {
  endpoint: ScriptedEndpoint | 'authorization' | 'unknown';
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

interface Given {
  scopes: string[];
  refreshToken?: string;
}

export type ScriptedGitHub = Awaited<ReturnType<typeof startScriptedGitHub>>;

export const clientId = 'test-client';
export const clientSecret = 'test-secret';

export async function startScriptedGitHub() {
  const given = new Map<string, Given>();
  const codes = new Map<string, { challenge: string; scopes: string[]; redirectUri: string }>();
  const secret = (prefix: string): string => prefix + randomBytes(18).toString('hex');

  const gitHub = {
    url: '',
    user: janesDocument(),
    emails: [{ email: 'jane@example.com', primary: true, verified: true, visibility: null }] as unknown[],
    organizations: [] as string[],
    organizationsPerPage: 100,
    /** Such as `acme/platform`. */
    teams: [] as string[],
    /** Whether tokens expire after eight hours and come with a refresh token. */
    expiring: false,
    tokenPrefix: 'gho_',
    sendsIssuer: true,
    scripts: {} as Partial<Record<ScriptedEndpoint, AnswerScript>>,
    requests: [] as ScriptedRequest[],
    /** Back to the beginning, but for tokens. */
    reset(): void {
      const { url } = gitHub;
      Object.assign(gitHub, initial, { url, user: janesDocument(), scripts: {}, requests: [] });
    },
    endpoints: () => gitHub.requests.map(({ endpoint }) => endpoint),
    forget: () => given.clear(),
    isGood: (token: string) => given.has(token),
    /** Follows an authorization URL as a person who agrees. */
    async authorize(url: URL): Promise<URL> {
      const response = await fetch(url, { redirect: 'manual' });
      return new URL(response.headers.get('location') ?? '');
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const initial = { ...gitHub };

  function giveTokens(scopes: string[]): ScriptedAnswer {
    const accessToken = secret(gitHub.tokenPrefix);
    const refreshToken = gitHub.expiring ? secret('ghr_') : undefined;
    given.set(accessToken, { scopes, ...(refreshToken !== undefined && { refreshToken }) });
    const ending = { expires_in: 28_800, refresh_token: refreshToken, refresh_token_expires_in: 15_897_600 };
    return ok({
      access_token: accessToken,
      token_type: 'bearer',
      scope: gitHub.tokenPrefix === 'ghu_' ? '' : scopes.join(','),
      ...(refreshToken !== undefined && ending),
    });
  }

  function tokenAnswer(form: URLSearchParams): ScriptedAnswer {
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      return ok({ error: 'incorrect_client_credentials', error_description: 'wrong' });
    }
    if (form.get('grant_type') === 'refresh_token') {
      const [old, session] =
        [...given].find(([, one]) => one.refreshToken === form.get('refresh_token')) ?? [];
      if (old === undefined || session === undefined) return ok({ error: 'bad_refresh_token' });
      given.delete(old);
      return giveTokens(session.scopes);
    }
    const code = form.get('code') ?? '';
    const pending = codes.get(code);
    codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!pending || pending.challenge !== challenge) return ok({ error: 'bad_verification_code' });
    if (pending.redirectUri !== form.get('redirect_uri')) return ok({ error: 'redirect_uri_mismatch' });
    return giveTokens(pending.scopes);
  }

  function honestAnswer(request: ScriptedRequest, url: URL): ScriptedAnswer {
    const { endpoint, headers, body } = request;
    if (endpoint === 'authorization') {
      const code = secret('');
      const redirectUri = url.searchParams.get('redirect_uri') ?? '';
      const challenge = url.searchParams.get('code_challenge') ?? '';
      codes.set(code, { challenge, scopes: (url.searchParams.get('scope') ?? '').split(' '), redirectUri });
      const query = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' });
      if (gitHub.sendsIssuer) query.set('iss', `${gitHub.url}/login/oauth`);
      return { status: 302, headers: { location: `${redirectUri}?${query}` } };
    }
    if (endpoint === 'token') return tokenAnswer(new URLSearchParams(body));
    if (endpoint === 'revocation') {
      const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
      if (headers['authorization'] !== basic) return { status: 401, body: { message: 'Bad credentials' } };
      const token = (JSON.parse(body) as { access_token: string }).access_token;
      return given.delete(token) ? { status: 204 } : { status: 404, body: { message: 'Not Found' } };
    }
    const session = given.get((headers['authorization'] ?? '').replace('Bearer ', ''));
    if (!session) return { status: 401, body: { message: 'Bad credentials' } };
    const has = (...scopes: string[]): boolean =>
      gitHub.tokenPrefix === 'ghu_' || scopes.some((scope) => session.scopes.includes(scope));
    if (endpoint === 'user') {
      const shown = { 'x-oauth-scopes': session.scopes.join(', ') };
      return { ...ok(gitHub.user), ...(gitHub.tokenPrefix !== 'ghu_' && { headers: shown }) };
    }
    if (endpoint === 'emails') return has('user:email', 'user') ? ok(gitHub.emails) : notFound;
    if (endpoint === 'orgs') {
      if (!has('read:org', 'user'))
        return { status: 403, body: { message: 'You need at least read:org scope' } };
      return pageOf(gitHub.organizations, gitHub.organizationsPerPage, url);
    }
    if (endpoint === 'team') {
      const [, org, slug, login] =
        /\/orgs\/([^/]+)\/teams\/([^/]+)\/memberships\/([^/]+)$/.exec(url.pathname) ?? [];
      const isMember = gitHub.teams.includes(`${org}/${slug}`) && login === gitHub.user['login'];
      return has('read:org') && isMember ? ok({ state: 'active', role: 'member' }) : notFound;
    }
    return notFound;
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', gitHub.url);
    let body = '';
    for await (const chunk of message) body += String(chunk);
    const request: ScriptedRequest = {
      endpoint: endpointOf(url.pathname),
      method: message.method ?? '',
      url: message.url ?? '',
      headers: message.headers as Record<string, string>,
      body,
    };
    gitHub.requests.push(request);
    const honest = honestAnswer(request, url);
    const script = gitHub.scripts[request.endpoint as ScriptedEndpoint];
    const answer = script ? script(honest, request) : honest;
    if (answer === 'hang') return;
    if (answer === 'reset') {
      message.socket.destroy();
      return;
    }
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, {
      ...(answer.body !== undefined && {
        'content-type': isText ? 'text/html' : 'application/json; charset=utf-8',
      }),
      ...answer.headers,
    });
    response.end(isText ? answer.body : answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gitHub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gitHub;
}

const notFound: ScriptedAnswer = { status: 404, body: { message: 'Not Found' } };

function ok(body: unknown): ScriptedAnswer {
  return { status: 200, body };
}

function pageOf(logins: readonly string[], perPage: number, url: URL): ScriptedAnswer {
  const page = Number(url.searchParams.get('page') ?? 1);
  const body = logins.slice((page - 1) * perPage, page * perPage).map((login, id) => ({ login, id }));
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  return {
    ...ok(body),
    ...(page * perPage < logins.length && { headers: { link: `<${next}>; rel="next"` } }),
  };
}

function endpointOf(path: string): ScriptedRequest['endpoint'] {
  if (path === '/login/oauth/authorize') return 'authorization';
  if (path === '/login/oauth/access_token') return 'token';
  if (path === '/api/v3/user') return 'user';
  if (path === '/api/v3/user/emails') return 'emails';
  if (path === '/api/v3/user/orgs') return 'orgs';
  if (path === `/api/v3/applications/${clientId}/token`) return 'revocation';
  return /^\/api\/v3\/orgs\/.*\/memberships\//.test(path) ? 'team' : 'unknown';
}

function janesDocument(): Record<string, unknown> {
  return {
    login: 'jane',
    id: 583231,
    node_id: 'MDQ6VXNlcjU4MzIzMQ==',
    avatar_url: 'https://avatars.example.com/u/583231',
    html_url: 'https://github.example.com/jane',
    type: 'User',
    name: 'Jane Doe',
    email: null,
  };
}
