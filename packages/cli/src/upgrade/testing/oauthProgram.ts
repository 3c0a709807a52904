/** A program that acts for a user at the OAuth server of a portal (RFC 6749, RFC 7591, RFC 7636), and the user's consent. */
import { createHash } from 'node:crypto';

const redirectUri = 'http://127.0.0.1:9000/callback';
const codeVerifier = 'a-verifier-of-the-upgrade-with-enough-characters';

/** The client as it was registered. */
export interface RegisteredProgram {
  client_id: string;
  client_secret?: string;
}

/** What the OAuth server answered, in JSON. */
export interface OAuthAnswer {
  status: number;
  body: Record<string, string | undefined>;
}

/** @param base - The plugin's URL where it listens, ending in `/api/auth`. */
export function createOAuthProgram(base: string) {
  async function json(path: string, init: RequestInit = {}): Promise<OAuthAnswer & { location: string }> {
    const response = await fetch(base + path, { redirect: 'manual', ...init });
    const text = await response.text();
    const body = text.startsWith('{') ? (JSON.parse(text) as OAuthAnswer['body']) : {};
    return { status: response.status, body, location: response.headers.get('location') ?? '' };
  }

  async function token({ client_id, client_secret }: RegisteredProgram, fields: Record<string, string>) {
    const client = { client_id, ...(client_secret !== undefined && { client_secret }) };
    return json('/v1/token', { method: 'POST', body: new URLSearchParams({ ...client, ...fields }) });
  }

  return {
    async register(): Promise<RegisteredProgram> {
      const body = JSON.stringify({ client_name: 'Acme notes', redirect_uris: [redirectUri] });
      const headers = { 'content-type': 'application/json' };
      const answer = await json('/v1/register', { method: 'POST', headers, body });
      const { client_secret } = answer.body;
      return {
        client_id: needed(answer, 'client_id'),
        ...(client_secret !== undefined && { client_secret }),
      };
    },

    /** @returns the handle of a request that the user has not decided yet. */
    async begin({ client_id }: RegisteredProgram): Promise<string> {
      const parameters = new URLSearchParams({
        client_id,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid offline_access',
        state: 'state-of-the-program',
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
      });
      const { status, location, body } = await json(`/v1/authorize?${parameters}`);
      const [, handle] = /\/oauth2\/authorize\/([\w-]+)$/.exec(location) ?? [];
      if (handle === undefined) throw new Error(`${status} ${location} ${JSON.stringify(body)}`);
      return handle;
    },

    /** @returns the code. */
    async approve(handle: string, userToken: string): Promise<string> {
      const headers = { authorization: `Bearer ${userToken}` };
      const answer = await json(`/v1/sessions/${handle}/approve`, { method: 'POST', headers });
      return new URL(needed(answer, 'redirectUrl')).searchParams.get('code') ?? '';
    },

    exchange: async (program: RegisteredProgram, code: string) =>
      token(program, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      }),

    refresh: async (program: RegisteredProgram, refreshToken: string) =>
      token(program, { grant_type: 'refresh_token', refresh_token: refreshToken }),

    /** From the request to a refresh token. */
    async grant(program: RegisteredProgram, userToken: string): Promise<string> {
      const code = await this.approve(await this.begin(program), userToken);
      return needed(await this.exchange(program, code), 'refresh_token');
    },
  };
}

/** A member that the answer must have. */
export function needed({ status, body }: OAuthAnswer, member: string): string {
  const value = body[member];
  if (value === undefined) throw new Error(`${status} without '${member}': ${JSON.stringify(body)}`);
  return value;
}
