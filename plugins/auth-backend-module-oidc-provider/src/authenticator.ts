/**
 * Sign-in with any OpenID Provider: authorization code flow with PKCE and nonce (OpenID Connect Core 1.0 section 3.1),
 * refresh (section 12) and revocation (RFC 7009).
 *
 * An exchange proves, in this order: the callback came from this provider (RFC 9207), the code is good and was asked for
 * by this browser (PKCE), the ID token was signed by the provider for this client and this attempt, and userinfo speaks
 * of the same person. Only then a profile is made of it.
 */
import { InputError } from '@vestibule/backend-plugin-api';
import {
  createProviderKeySet,
  openIdProfile,
  ProviderAnswerInvalidError,
  ProviderUnavailableError,
  providerErrorOf,
  verifyIdToken,
  type IdTokenExpectations,
  type OAuthProvider,
  type OAuthProviderOptions,
  type ProviderGrant,
  type ProviderKeySet,
  type ProviderTokens,
  type RefreshableProvider,
  type RevocableProvider,
} from '@vestibule/plugin-auth-node';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  fetchUserInfo,
  refreshTokenGrant,
  tokenRevocation,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { authorizationParameters, redirectUri } from './authorizationParameters.ts';
import { configure } from './client.ts';
import type { OidcSettings } from './config.ts';
import { createMetadataSource, type OidcMetadata } from './metadata.ts';
import type { OidcResult, OidcTokenSet } from './result.ts';

/** A configured OpenID Provider. @public */
export type OidcProvider = OAuthProvider<OidcResult> & RefreshableProvider<OidcResult> & RevocableProvider;

/**
 * Creates the provider of one block in config. Makes no call.
 *
 * @throws InputError `ERR_PROVIDER_SETTINGS_INVALID` where the client secret is missing.
 * @public
 */
export function createOidcProvider(options: OAuthProviderOptions<OidcSettings>): OidcProvider {
  const { clientId, clientSecret, settings, http, logger, providerId, environment, now } = options;
  if (settings.tokenEndpointAuthMethod !== 'none' && !clientSecret) {
    throw new InputError('ERR_PROVIDER_SETTINGS_INVALID', "'clientSecret' is missing", {
      hint: "A public client has none: set 'tokenEndpointAuthMethod: none'.",
    });
  }
  if (settings.dangerouslyTrustUnverifiedEmail) {
    logger.warn(
      `auth.providers.${providerId}.${environment}: e-mail addresses count although the provider may not have verified them`,
    );
  }
  const client = { clientId, clientSecret, settings, http };
  const timeoutMilliseconds = settings.timeout;
  const metadataSource = createMetadataSource({
    metadataUrl: settings.metadataUrl,
    http,
    timeoutMilliseconds,
    now,
  });
  let keys: { jwksUri: string; keySet: ProviderKeySet } | undefined;

  const keySetAt = (jwksUri: string): ProviderKeySet => {
    if (keys?.jwksUri !== jwksUri) {
      keys = { jwksUri, keySet: createProviderKeySet({ jwksUri, http, timeoutMilliseconds, now }) };
    }
    return keys.keySet;
  };

  const verify = (
    idToken: string,
    metadata: OidcMetadata,
    expected: Pick<IdTokenExpectations, 'nonce' | 'accessToken' | 'signal' | 'subject' | 'maxAgeSeconds'>,
  ) =>
    verifyIdToken(idToken, {
      keySet: keySetAt(metadata.jwks_uri),
      issuer: metadata.issuer,
      clientId,
      algorithms: [settings.tokenSignedResponseAlg],
      now,
      ...expected,
    });

  /** Reads userinfo, which must speak of the subject, and puts everything together. */
  const grant = async (
    configuration: Configuration,
    answer: TokenEndpointResponse,
    { issuer, subject }: { issuer: string; subject: string },
  ): Promise<ProviderGrant<OidcResult>> => {
    const tokens = tokensOf(answer);
    // OpenID Connect Core 1.0 section 5.3.2: a sub that differs makes the document somebody else's.
    const userinfo = await fetchUserInfo(configuration, tokens.accessToken, subject).catch(
      (error: unknown) => {
        throw providerErrorOf(error, 'userinfo');
      },
    );
    return {
      subject,
      issuer,
      result: { fullProfile: { tokenset: tokenSetOf(answer, now()), userinfo: { ...userinfo } } },
      ...openIdProfile(userinfo, { trustUnverifiedEmail: settings.dangerouslyTrustUnverifiedEmail }),
      tokens,
    };
  };

  return {
    async authorizationUrl(request) {
      const parameters = authorizationParameters(request, settings);
      const metadata = await metadataSource.get(request.signal);
      return buildAuthorizationUrl(configure(client, metadata, request), parameters);
    },

    async exchange({ parameters, state, nonce, codeVerifier, callbackUrl, signal }) {
      const metadata = await metadataSource.get(signal);
      checkIssuerParameter(parameters, metadata);
      const configuration = configure(client, metadata, { signal });
      const callback = redirectUri(callbackUrl);
      callback.search = parameters.toString();
      const answer = await authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }).catch((error: unknown) => {
        throw providerErrorOf(error, 'token answer');
      });
      checkTokens(answer);
      const { max_age: maxAge } = settings.startUrlSearchParams;
      const { sub } = await verify(answer.id_token ?? '', metadata, {
        nonce,
        accessToken: answer.access_token,
        signal,
        ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
      });
      return grant(configuration, answer, { issuer: metadata.issuer, subject: sub });
    },

    async refresh({ refreshToken, subject, issuer, nonce, signal }) {
      const metadata = await metadataSource.get(signal).catch((error: unknown) => {
        // Says nothing about the session, which a check of its own tokens would end.
        throw error instanceof ProviderAnswerInvalidError ? unreadable(error) : error;
      });
      // Before the call: a refresh token goes to nobody but the issuer that gave it.
      if (metadata.issuer !== issuer) throw new ProviderAnswerInvalidError('issuer of the session');
      const configuration = configure(client, metadata, { signal });
      const answer = await refreshTokenGrant(configuration, refreshToken).catch((error: unknown) => {
        const told = providerErrorOf(error, 'token answer');
        throw told instanceof ProviderAnswerInvalidError && lacksTokens(error) ? unreadable(told) : told;
      });
      checkTokens(answer);
      if (answer.id_token !== undefined) {
        await verify(answer.id_token, metadata, {
          nonce: { ifPresent: nonce },
          accessToken: answer.access_token,
          subject,
          signal,
        });
      }
      return grant(configuration, answer, { issuer, subject });
    },

    async revoke({ refreshToken, accessToken, signal }) {
      const metadata = await metadataSource.get(signal);
      if (metadata.revocation_endpoint === undefined) return;
      const configuration = configure(client, metadata, { signal, json: false });
      await tokenRevocation(configuration, refreshToken ?? accessToken).catch((error: unknown) => {
        throw providerErrorOf(error, 'revocation');
      });
    },
  };
}

/** An answer that is none, such as a notice of maintenance in JSON: an outage, by which no session ends. */
function unreadable(error: ProviderAnswerInvalidError): ProviderUnavailableError {
  return new ProviderUnavailableError('The sign-in provider cannot be reached right now.', {
    ...(error.hint !== undefined && { hint: error.hint }),
    cause: error,
  });
}

/** Whether the answer is known to hold no tokens: openid-client keeps it in the cause of its error. */
function lacksTokens(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; typeof cause === 'object' && cause !== null && depth < 5; depth += 1) {
    const { body } = cause as { body?: unknown };
    if (typeof body === 'object' && body !== null) return !('access_token' in body) && !('id_token' in body);
    cause = (cause as { cause?: unknown }).cause;
  }
  return false;
}

/** RFC 9207 section 2.4: present where it was announced, and equal wherever it is present. */
function checkIssuerParameter(parameters: URLSearchParams, metadata: OidcMetadata): void {
  const issuers = parameters.getAll('iss');
  const isExpected = metadata.authorization_response_iss_parameter_supported === true || issuers.length > 0;
  if (isExpected && (issuers.length !== 1 || issuers[0] !== metadata.issuer)) {
    throw new ProviderAnswerInvalidError('callback iss');
  }
}

/** Tokens go into headers and forms: visible ASCII only (RFC 6749 appendix A.12 and A.17). */
function checkTokens({
  access_token: accessToken,
  refresh_token: refreshToken,
  token_type: type,
}: TokenEndpointResponse): void {
  if (type !== 'bearer') throw new ProviderAnswerInvalidError('token answer, token_type');
  for (const token of [accessToken, refreshToken]) {
    if (token !== undefined && !/^[\x20-\x7E]+$/.test(token))
      throw new ProviderAnswerInvalidError('token answer, token');
  }
}

function tokensOf(answer: TokenEndpointResponse): ProviderTokens {
  return {
    accessToken: answer.access_token,
    tokenType: answer.token_type,
    ...(answer.id_token !== undefined && { idToken: answer.id_token }),
    ...(answer.scope !== undefined && { scopes: answer.scope.split(' ').filter((scope) => scope !== '') }),
    ...(answer.expires_in !== undefined && { expiresInSeconds: answer.expires_in }),
    ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
  };
}

function tokenSetOf(answer: TokenEndpointResponse, nowMilliseconds: number): OidcTokenSet {
  const {
    access_token,
    token_type,
    id_token,
    scope,
    expires_in: expiresIn,
    session_state: sessionState,
  } = answer;
  return {
    access_token,
    token_type,
    ...(id_token !== undefined && { id_token }),
    ...(scope !== undefined && { scope }),
    ...(expiresIn !== undefined && { expires_at: Math.floor(nowMilliseconds / 1000) + expiresIn }),
    ...(typeof sessionState === 'string' && { session_state: sessionState }),
  };
}
