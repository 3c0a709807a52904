/** What is particular to Acme ID: OAuth 2.0 with PKCE, and a document that says who the access token belongs to. */
import {
  createProviderFetch,
  openIdProfile,
  ProviderAnswerInvalidError,
  readAuthorizationCode,
  type OAuthProvider,
  type OAuthProviderOptions,
  type ProviderGrant,
  type ProviderTokens,
  type RefreshableProvider,
  type RefreshRequest,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';
import type { AcmeSettings } from './config.ts';

const timeoutMilliseconds = 10_000;

// RFC 6749 section 5.1; tokens go into headers and forms, so visible ASCII only (appendix A).
const tokenText = z.string().regex(/^[\x20-\x7E]+$/);
const tokenAnswer = z.object({
  access_token: tokenText,
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional(),
  refresh_token: tokenText.optional(),
  scope: z.string().optional(),
});

const person = z.object({
  id: z.string().min(1).max(255),
  login: z.string().optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  email_verified: z.boolean().optional(),
  avatar_url: z.string().optional(),
});

/** What resolvers see as `info.result`. Plain JSON, and no token among it. @public */
export interface AcmeResult {
  fullProfile: z.infer<typeof person>;
}

/** A configured Acme ID. @public */
export type AcmeProvider = OAuthProvider<AcmeResult> & RefreshableProvider<AcmeResult>;

/** Creates the provider of one block in config. Makes no call. @public */
export function createAcmeProvider(
  options: Pick<OAuthProviderOptions<AcmeSettings>, 'settings' | 'clientId' | 'clientSecret' | 'http'>,
): AcmeProvider {
  const { clientId, clientSecret = '', http } = options;
  const { baseUrl } = options.settings;

  return {
    async authorizationUrl({ state, codeChallenge, scopes, callbackUrl }) {
      const url = new URL(`${baseUrl}/oauth/authorize`);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callbackUrl,
        scope: scopes.join(' '),
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
      }).toString();
      return url;
    },

    async exchange({ parameters, state, codeVerifier, callbackUrl, signal }) {
      return grant(
        {
          grant_type: 'authorization_code',
          code: readAuthorizationCode({ parameters, state }),
          redirect_uri: callbackUrl,
          code_verifier: codeVerifier,
        },
        signal,
      );
    },

    async refresh({ refreshToken, subject, issuer, signal, keepTokens }) {
      // The id of a person says nothing at another Acme ID, which the config may name by now.
      if (issuer !== baseUrl) throw new ProviderAnswerInvalidError('base URL of the sign-in');
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const renewed = await grant(form, signal, keepTokens);
      if (renewed.subject !== subject) throw new ProviderAnswerInvalidError('id of the person');
      return renewed;
    },
  };

  /** Asks for tokens, and then whose they are. */
  async function grant(
    form: Record<string, string>,
    signal: AbortSignal,
    keepTokens?: RefreshRequest['keepTokens'],
  ): Promise<ProviderGrant<AcmeResult>> {
    // Answers with another status, or without JSON, have been turned into errors when it returns.
    const call = createProviderFetch({ http, signal, timeoutMilliseconds });
    const response = await call(`${baseUrl}/oauth/token`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: basicAuthorization(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form),
    });
    const answer = checked(tokenAnswer, await response.json(), 'token answer');
    const tokens: ProviderTokens = {
      accessToken: answer.access_token,
      tokenType: answer.token_type,
      ...(answer.scope !== undefined && { scopes: answer.scope.split(' ') }),
      ...(answer.expires_in !== undefined && { expiresInSeconds: answer.expires_in }),
      ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
    };
    // Acme ID has spent the old refresh token: the new one must outlive an outage of what follows.
    await keepTokens?.(tokens);
    const me = await call(`${baseUrl}/api/me`, {
      method: 'GET',
      headers: { accept: 'application/json', authorization: `Bearer ${tokens.accessToken}` },
    });
    const fullProfile = checked(person, await me.json(), 'document about the person');
    return {
      subject: fullProfile.id,
      issuer: baseUrl,
      result: { fullProfile },
      // An e-mail counts only beside `email_verified: true`.
      ...openIdProfile({ ...fullProfile, picture: fullProfile.avatar_url }),
      tokens,
    };
  }
}

/** RFC 6749 section 2.3.1: both are form-encoded first. */
function basicAuthorization(clientId: string, clientSecret: string): string {
  const encode = (text: string): string => new URLSearchParams({ _: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const paths = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new ProviderAnswerInvalidError(`${what} (${paths || 'not an object'})`);
}
