/**
 * A client of sign-in whose types are made of the OpenAPI document: a path, a parameter or a member that is not there does
 * not compile.
 *
 * @packageDocumentation
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './api.ts';

/** Who somebody is, as the front ends know it. */
type AuthResponse = components['schemas']['AuthResponse'];

/** What the client does. @public */
export interface SignInClient {
  /** Signs in as the guest of a portal in development. */
  signInAsGuest(user?: string): Promise<AuthResponse>;
  /** Who a token speaks of, and what they own. */
  readUserinfo(token: string): Promise<components['schemas']['Userinfo']>;
}

/** A refusal, by the code that programs tell refusals apart by. @public */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, refusal: { error: { message: string; code?: string } }) {
    super(refusal.error.message);
    this.status = status;
    this.code = refusal.error.code;
  }
}

/**
 * Makes the client.
 *
 * @param baseUrl - The address of the plugin, as `servers` of the document has it: `http://localhost:7007/api/auth`.
 * @throws RefusedError from its methods.
 * @public
 */
export function createSignInClient(baseUrl: string): SignInClient {
  const client = createClient<paths>({ baseUrl });
  return {
    async signInAsGuest(user) {
      const { data, error, response } = await client.GET('/{provider}/refresh', {
        params: { path: { provider: 'guest' }, query: { ...(user !== undefined && { user }) } },
        headers: { 'X-Requested-With': 'XMLHttpRequest' },
      });
      if (data) return data;
      throw new RefusedError(response.status, error);
    },

    async readUserinfo(token) {
      const { data, error, response } = await client.GET('/v1/userinfo', {
        headers: { Authorization: `Bearer ${token}` },
      });
      if (data) return data;
      throw new RefusedError(response.status, error);
    },
  };
}
