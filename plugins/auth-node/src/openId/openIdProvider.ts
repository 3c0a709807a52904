/**
 * The relying party that every OpenID provider module shares: authorization code flow with PKCE and nonce (OpenID Connect
 * Core 1.0 section 3.1), refresh (section 12) and revocation (RFC 7009). A module says what is particular to its vendor.
 *
 * An exchange proves, in this order: the callback came from this provider (RFC 9207), the code is good and was asked for
 * by this browser (PKCE), the ID token was signed by the provider for this client and this attempt, and userinfo speaks
 * of the same person. Only then anything is made of it.
 */
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  fetchUserInfo,
  refreshTokenGrant,
  tokenRevocation,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import { ProviderAnswerInvalidError, ProviderRefusedError } from '../errors.ts';
import { isVerifiedEmail } from '../provider/email.ts';
import type { GateEvidence, GateQuestions, ProviderGate } from '../provider/gates.ts';
import type {
  AuthorizationRequest,
  EarlierGrant,
  OAuthProvider,
  ProviderGrant,
  ProviderTokens,
  RefreshableProvider,
  RevocableProvider,
} from '../provider/oauthProvider.ts';
import { providerErrorOf } from '../provider/openIdClientErrors.ts';
import { openIdProfile, type OpenIdProfileClaims } from '../provider/openIdProfile.ts';
import { createProviderKeySet, type ProviderKeySet } from '../provider/providerKeySet.ts';
import {
  verifyIdToken,
  type IdTokenAlgorithm,
  type IdTokenClaims,
  type IdTokenExpectations,
} from '../provider/verifyIdToken.ts';
import { authorizationParameters, checkIssuerParameter, redirectUri } from './openIdAuthorization.ts';
import { configure, type OpenIdClientAuthentication } from './openIdClient.ts';
import type { OpenIdMetadata, OpenIdMetadataSource } from './openIdMetadata.ts';
import { lacksTokens, tokensOf, unreadable } from './openIdTokenAnswer.ts';

/** Claims about a person; `sub` is verified, everything else is as the provider gave it. @public */
export interface OpenIdClaims extends OpenIdProfileClaims {
  sub: string;
  [claim: string]: unknown;
}

/** A login whose every check has held. @public */
export interface OpenIdLogin {
  /** The userinfo document; for a provider without userinfo, the claims of the ID token. */
  claims: OpenIdClaims;
  /** Of the verified ID token. At a refresh there only if the provider gave a new one. */
  idTokenClaims?: IdTokenClaims;
  tokens: ProviderTokens;
  /** What the provider says it granted, otherwise what was asked for. */
  scopes: readonly string[];
  /** The member `session_state` of the token answer (OpenID Connect Session Management 1.0). */
  sessionState?: string;
  /** Milliseconds since the epoch. */
  answeredAt: number;
  /** At a refresh, what was known before it. */
  earlier?: EarlierGrant;
}

/** What is particular to one provider. @public */
export interface OpenIdProviderOptions<TResult> {
  metadata: OpenIdMetadataSource;
  clientId: string;
  /** Needed unless `clientAuthentication` is `none`. */
  clientSecret: string | undefined;
  clientAuthentication: OpenIdClientAuthentication;
  /** With which algorithm ID tokens are signed; a token that names another one is refused. */
  idTokenAlgorithm: IdTokenAlgorithm;
  /** Claims that every ID token must carry with exactly these values. Default: none. */
  requiredIdTokenClaims?: Readonly<Record<string, string>>;
  /** How old the login at the provider may be; the caller has asked for it with `max_age`. Default: not checked. */
  maxAgeSeconds?: number;
  /** An address counts although the provider does not vouch for it. Default: false. */
  trustUnverifiedEmail?: boolean;
  /**
   * A request to revoke carries the token alone, without naming the client, and takes the whole grant back. Default: false.
   */
  anonymousRevocation?: boolean;
  /** Deadline of each call. */
  timeoutMilliseconds: number;
  http: OutboundHttp;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
  /** Further parameters of the authorization request. They cannot replace those of the sign-in itself. */
  parametersOf?(request: AuthorizationRequest): Readonly<Record<string, string>>;
  /** Makes `info.result`. Plain JSON without the refresh token. */
  resultOf(login: OpenIdLogin): TResult;
  /** The claims in a result of `resultOf`; asked for where a refresh tells nothing new about the person. */
  claimsOf(result: TResult): Readonly<Record<string, unknown>>;
  /**
   * Answers the questions of gates, besides `users`, which is answered with `sub` and the verified address. Only answers
   * to what was asked are kept.
   */
  evidenceOf?(login: OpenIdLogin, questions: GateQuestions): GateEvidence;
}

/** An OpenID Provider, configured. @public */
export type OpenIdProvider<TResult = unknown> = OAuthProvider<TResult> &
  RefreshableProvider<TResult> &
  RevocableProvider;

/**
 * Creates a provider. Makes no call.
 *
 * @example
 * ```ts
 * createOAuthProviderFactory({
 *   …,
 *   create: ({ clientId, clientSecret, http, now }) =>
 *     createOpenIdProvider({
 *       metadata: fixedOpenIdMetadata(acmeEndpoints),
 *       clientAuthentication: 'client_secret_post',
 *       idTokenAlgorithm: 'RS256',
 *       timeoutMilliseconds: 10_000,
 *       resultOf: ({ claims }) => ({ claims }),
 *       claimsOf: ({ claims }) => claims,
 *       clientId, clientSecret, http, now,
 *     }),
 * });
 * ```
 * @returns A provider that throws as {@link OAuthProvider} says.
 * @public
 */
export function createOpenIdProvider<TResult>(
  options: OpenIdProviderOptions<TResult>,
): OpenIdProvider<TResult> {
  const { metadata: metadataSource, clientId, http, timeoutMilliseconds, now } = options;
  let keys: { jwksUri: string; keySet: ProviderKeySet } | undefined;

  const keySetAt = (jwksUri: string): ProviderKeySet => {
    if (keys?.jwksUri !== jwksUri) {
      keys = { jwksUri, keySet: createProviderKeySet({ jwksUri, http, timeoutMilliseconds, now }) };
    }
    return keys.keySet;
  };

  /** The answer with its ID token, which has been verified. */
  const verified = async (
    answer: Answer,
    idToken: string,
    expected: Pick<IdTokenExpectations, 'nonce' | 'signal' | 'subject' | 'maxAgeSeconds'>,
  ): Promise<Answer & { idTokenClaims: IdTokenClaims }> => {
    const { metadata, accessToken, tokens } = answer;
    const idTokenClaims = await verifyIdToken(idToken, {
      keySet: keySetAt(metadata.jwks_uri),
      issuer: metadata.issuer,
      clientId,
      algorithms: [options.idTokenAlgorithm],
      accessToken,
      now,
      ...expected,
    });
    for (const [name, value] of Object.entries(options.requiredIdTokenClaims ?? {})) {
      if (idTokenClaims[name] !== value) throw new ProviderAnswerInvalidError(`ID token ${name}`);
    }
    return { ...answer, idTokenClaims, tokens: { ...tokens, idToken } };
  };

  /** What is known of the subject now: no document of another is taken for it. */
  const claimsAbout = async (
    subject: string,
    { configuration, metadata, accessToken, idTokenClaims, earlier }: Answer,
  ): Promise<OpenIdClaims> => {
    if (metadata.userinfo_endpoint !== undefined) {
      // OpenID Connect Core 1.0 section 5.3.2: a sub that differs makes the document somebody else's.
      const userinfo = await fetchUserInfo(configuration, accessToken, subject).catch((error: unknown) => {
        const told = providerErrorOf(error, 'userinfo');
        // Of the grant nobody speaks but the token endpoint (RFC 6749 section 5.2), since a session ends by that word.
        const isMisplaced = told instanceof ProviderRefusedError && told.providerError === 'invalid_grant';
        throw isMisplaced ? unreadable(told) : told;
      });
      return { ...userinfo };
    }
    if (idTokenClaims) return { ...idTokenClaims };
    // Neither userinfo nor a new ID token, which section 12.2 allows: what the provider said last still stands.
    const { sub, ...known } = earlier ? options.claimsOf(earlier.result as TResult) : {};
    if (sub !== subject) throw new ProviderAnswerInvalidError('refresh, which speaks of nobody');
    return { ...known, sub: subject };
  };

  const grant = async (
    answer: Answer,
    request: { subject: string; scopes: readonly string[]; questions?: GateQuestions },
  ): Promise<ProviderGrant<TResult>> => {
    const { subject, questions } = request;
    const { tokens, idTokenClaims, earlier, sessionState } = answer;
    const claims = await claimsAbout(subject, answer);
    const login: OpenIdLogin = {
      claims,
      ...(idTokenClaims && { idTokenClaims }),
      tokens,
      scopes: tokens.scopes ?? request.scopes,
      ...(sessionState !== undefined && { sessionState }),
      answeredAt: now(),
      ...(earlier && { earlier }),
    };
    return {
      subject,
      issuer: answer.metadata.issuer,
      result: options.resultOf(login),
      ...openIdProfile(claims, { trustUnverifiedEmail: options.trustUnverifiedEmail === true }),
      ...(questions && { evidence: answersTo(questions, { login, options }) }),
      tokens,
    };
  };

  return {
    async authorizationUrl(request) {
      const further = options.parametersOf?.(request) ?? {};
      const parameters = authorizationParameters(request, { clientId, further });
      const metadata = await metadataSource.get(request.signal);
      return buildAuthorizationUrl(configure(options, metadata, request), parameters);
    },

    async exchange({ parameters, state, nonce, codeVerifier, callbackUrl, signal, ...request }) {
      const metadata = await metadataSource.get(signal);
      checkIssuerParameter(parameters, metadata);
      const configuration = configure(options, metadata, { signal });
      const callback = redirectUri(callbackUrl);
      callback.search = parameters.toString();
      const given = await authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }).catch((error: unknown) => {
        throw providerErrorOf(error, 'token answer');
      });
      const answer = await verified(answerOf(given, { configuration, metadata }), given.id_token ?? '', {
        nonce,
        signal,
        ...(options.maxAgeSeconds !== undefined && { maxAgeSeconds: options.maxAgeSeconds }),
      });
      return grant(answer, { subject: answer.idTokenClaims.sub, ...request });
    },

    async refresh({ refreshToken, issuer, nonce, signal, earlier, keepTokens, ...request }) {
      const metadata = await metadataSource.get(signal).catch((error: unknown) => {
        // Says nothing about the session, which a check of its own tokens would end.
        throw error instanceof ProviderAnswerInvalidError ? unreadable(error) : error;
      });
      // Before the call: a refresh token goes to nobody but the issuer that gave it.
      if (metadata.issuer !== issuer) throw new ProviderAnswerInvalidError('issuer of the session');
      const configuration = configure(options, metadata, { signal });
      const given = await refreshTokenGrant(configuration, refreshToken).catch((error: unknown) => {
        const told = providerErrorOf(error, 'token answer');
        throw told instanceof ProviderAnswerInvalidError && lacksTokens(error) ? unreadable(told) : told;
      });
      const answer = { ...answerOf(given, { configuration, metadata }), ...(earlier && { earlier }) };
      await keepTokens?.(answer.tokens);
      if (given.id_token === undefined) return grant(answer, request);
      const expected = { nonce: { ifPresent: nonce }, subject: request.subject, signal };
      return grant(await verified(answer, given.id_token, expected), request);
    },

    async revoke({ refreshToken, accessToken, signal }) {
      const metadata = await metadataSource.get(signal);
      if (metadata.revocation_endpoint === undefined) return;
      const anonymous = options.anonymousRevocation === true;
      const configuration = configure(options, metadata, { signal, json: false, anonymous });
      const takeBack = async (token: string): Promise<void> =>
        tokenRevocation(configuration, token).catch((error: unknown) => {
          throw providerErrorOf(error, 'revocation');
        });
      await takeBack(refreshToken ?? accessToken);
      if (refreshToken === undefined || anonymous) return;
      // RFC 7009 section 2.1: access tokens of the grant should be gone with it, and are not everywhere. A provider may be
      // unable to take them back.
      await takeBack(accessToken).catch((error: unknown) => {
        if (!(error instanceof ProviderRefusedError)) throw error;
      });
    },
  };
}

/** An answer of the token endpoint whose tokens have the right form. */
interface Answer {
  configuration: Configuration;
  metadata: OpenIdMetadata;
  tokens: ProviderTokens;
  accessToken: string;
  idTokenClaims?: IdTokenClaims;
  sessionState?: string;
  earlier?: EarlierGrant;
}

function answerOf(given: TokenEndpointResponse, from: Pick<Answer, 'configuration' | 'metadata'>): Answer {
  const tokens = tokensOf(given);
  const { session_state: sessionState } = given;
  return {
    ...from,
    tokens,
    accessToken: tokens.accessToken,
    ...(typeof sessionState === 'string' && { sessionState }),
  };
}

function answersTo<TResult>(
  questions: GateQuestions,
  { login, options }: { login: OpenIdLogin; options: OpenIdProviderOptions<TResult> },
): GateEvidence {
  const { claims } = login;
  const answers: GateEvidence = {
    users: isVerifiedEmail(claims) ? [claims.sub, String(claims.email)] : [claims.sub],
    ...options.evidenceOf?.(login, questions),
  };
  const asked = Object.entries(answers).filter(([gate]) => questions[gate as ProviderGate] !== undefined);
  return Object.fromEntries(asked);
}
