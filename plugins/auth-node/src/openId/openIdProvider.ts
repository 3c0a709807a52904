/**
 * The relying party that every OpenID provider module shares: authorization code flow with PKCE and nonce (OpenID Connect
 * Core 1.0 section 3.1), refresh (section 12) and revocation (RFC 7009). A module says what is particular to its vendor.
 *
 * An exchange proves, in this order: the callback came from this provider (RFC 9207), the code is good and was asked for
 * by this browser (PKCE), the ID token was signed by the provider for this client and this attempt, and userinfo speaks
 * of the same person. Only then anything is made of it.
 */
import { createProviderFetch } from '../provider/providerCalls.ts';
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  refreshTokenGrant,
  tokenRevocation,
  type Configuration,
  type TokenEndpointResponse,
} from 'openid-client';
import {
  ProviderAnswerInvalidError,
  ProviderAnswerUnreadableError,
  ProviderRefusedError,
  refreshErrorOf,
} from '../errors.ts';
import { withoutEmptyParameters } from '../provider/absentMembers.ts';
import { isVerifiedEmail } from '../provider/email.ts';
import type { UnverifiedEmailCause } from '../provider/emailVerification.ts';
import type { GateEvidence, GateQuestions, ProviderGate, UnansweredGates } from '../provider/gates.ts';
import type {
  AuthorizationRequest,
  BackchannelLogoutProvider,
  EarlierGrant,
  EndSessionProvider,
  OAuthProvider,
  ProviderGrant,
  ProviderTokens,
  RefreshableProvider,
  RefreshRequest,
  RevocableProvider,
} from '../provider/oauthProvider.ts';
import { providerErrorOf } from '../provider/openIdClientErrors.ts';
import { openIdProfile, type OpenIdProfileClaims } from '../provider/openIdProfile.ts';
import { createProviderKeySet, type ProviderKeySet } from '../provider/providerKeySet.ts';
import {
  idTokenAlgorithms,
  verifyIdToken,
  type IdTokenAlgorithm,
  type IdTokenClaims,
  type IdTokenExpectations,
} from '../provider/verifyIdToken.ts';
import { verifyLogoutToken } from '../provider/verifyLogoutToken.ts';
import type { OpenIdConfigKeys } from '../provider/verifySignedDocument.ts';
import { authorizationParameters, checkIssuerParameter, redirectUri } from './openIdAuthorization.ts';
import { endSessionUrl } from './endSessionUrl.ts';
import { earlierIdToken, mergeClaims, type ClaimSources, type SourcedClaims } from './openIdClaims.ts';
import { askBy, configure, type OpenIdClientAuthentication } from './openIdClient.ts';
import { withClientAdvice } from './openIdClientAdvice.ts';
import type { OpenIdMetadata, OpenIdMetadataSource } from './openIdMetadata.ts';
import { idTokenOf, tokensOf, type GivenTokens } from './openIdTokenAnswer.ts';
import { readUserinfo } from './openIdUserinfo.ts';

/** Claims about a person; `sub` is verified, everything else is as the provider gave it. @public */
export interface OpenIdClaims extends OpenIdProfileClaims {
  sub: string;
  [claim: string]: unknown;
}

/** A login whose every check has held. @public */
export interface OpenIdLogin {
  /**
   * What is known of the person: userinfo, and of the verified ID token what userinfo lacks; at a refresh that brings no
   * ID token, what the earlier one said.
   */
  claims: OpenIdClaims;
  claimSources: ClaimSources;
  /** The userinfo document. Absent for a provider that has none. */
  userinfo?: OpenIdClaims;
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
  /**
   * With which algorithm userinfo is signed; one that is not signed so is refused. Default: userinfo may be JSON, or signed
   * with an algorithm that the metadata lists, or else with that of ID tokens.
   */
  userinfoAlgorithm?: IdTokenAlgorithm | undefined;
  /** Claims that every ID token must carry with exactly these values. Default: none. */
  requiredIdTokenClaims?: Readonly<Record<string, string>>;
  /** How old the login at the provider may be; the caller has asked for it with `max_age`. Default: not checked. */
  maxAgeSeconds?: number;
  /** An address counts although the provider does not vouch for it. Default: none does. */
  trustUnverifiedEmail?: readonly UnverifiedEmailCause[];
  /** Which keys of the config an operator can change, named where a check fails. Default: none. */
  configKeys?: OpenIdConfigKeys;
  /**
   * A request to revoke carries the token alone, without naming the client, and takes the whole grant back. Default: false.
   */
  anonymousRevocation?: boolean;
  /** Whether signing out goes on at the provider, where its metadata has an `end_session_endpoint`. Default: false. */
  signOutAtProvider?: boolean;
  /** Whether it may say that its session has ended, by a logout token. Default: false. */
  backchannelLogout?: boolean;
  /** Deadline of each call. */
  timeoutMilliseconds: number;
  http: OutboundHttp;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
  /** Further parameters of the authorization request. They cannot replace those of the sign-in itself. */
  parametersOf?(request: AuthorizationRequest): Readonly<Record<string, string>>;
  /** Makes `info.result`. Plain JSON without the refresh token. */
  resultOf(login: OpenIdLogin): TResult;
  /** `login.claims` in a result of `resultOf`; asked for where a refresh tells less about the person. */
  claimsOf(result: TResult): Readonly<Record<string, unknown>>;
  /**
   * Answers the questions of gates, besides `users`, which is answered with `sub` and the verified address. Only answers
   * to what was asked are kept.
   */
  evidenceOf?(login: OpenIdLogin, questions: GateQuestions): GateEvidence;
  /** Why a question has no answer, or less than a whole one. */
  unansweredOf?(login: OpenIdLogin, questions: GateQuestions): UnansweredGates;
}

/** An OpenID Provider, configured. @public */
export type OpenIdProvider<TResult = unknown> = OAuthProvider<TResult> &
  RefreshableProvider<TResult> &
  RevocableProvider &
  Partial<EndSessionProvider & BackchannelLogoutProvider>;

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
  const { metadata: metadataSource, clientId, http, timeoutMilliseconds, now, configKeys = {} } = options;
  /** One for all requests under the same metadata. */
  const configurations = new WeakMap<OpenIdMetadata, Configuration>();
  let keys: { jwksUri: string; keySet: ProviderKeySet } | undefined;

  const keySetAt = (jwksUri: string): ProviderKeySet => {
    if (keys?.jwksUri !== jwksUri) {
      keys = { jwksUri, keySet: createProviderKeySet({ jwksUri, http, timeoutMilliseconds, now }) };
    }
    return keys.keySet;
  };

  const configurationFor = (metadata: OpenIdMetadata): Configuration => {
    const configuration = configurations.get(metadata) ?? configure(options, metadata);
    configurations.set(metadata, configuration);
    return configuration;
  };

  /** Asks the token endpoint. The ID token of the answer has not been looked at. */
  const tokenAnswer = async (
    metadata: OpenIdMetadata,
    signal: AbortSignal,
    ask: (configuration: Configuration) => Promise<TokenEndpointResponse>,
  ): Promise<Answer> => {
    const given: GivenTokens = {};
    const fetch = createProviderFetch({
      http,
      signal,
      timeoutMilliseconds,
      onAnswer: (document) => idTokenOf(document, given),
    });
    const answer = await askBy(fetch, configurationFor(metadata), ask).catch((error: unknown) => {
      throw withClientAdvice(providerErrorOf(error, 'token answer'), { options, metadata });
    });
    return answerOf(answer, metadata, given);
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
      configKeys,
      accessToken,
      now,
      ...expected,
    });
    for (const [name, value] of Object.entries(options.requiredIdTokenClaims ?? {})) {
      const given = idTokenClaims[name];
      if (given === value) continue;
      const details = { expected: value, given: typeof given === 'string' ? given : 'none' };
      throw new ProviderAnswerInvalidError(`ID token ${name}`, { details });
    }
    return Object.assign({}, answer, { idTokenClaims, tokens: Object.assign({}, tokens, { idToken }) });
  };

  /** What userinfo says of the subject now: no document of another is taken for it. */
  const userinfoAbout = async (
    subject: string,
    { metadata, accessToken }: Answer,
    signal: AbortSignal,
  ): Promise<OpenIdClaims | undefined> => {
    const { userinfo_endpoint: endpoint, issuer, jwks_uri: jwksUri } = metadata;
    if (endpoint === undefined) return undefined;
    const algorithms = userinfoAlgorithms(options, metadata);
    const mustBeSigned = options.userinfoAlgorithm !== undefined;
    const expected = {
      endpoint,
      accessToken,
      subject,
      issuer,
      clientId,
      algorithms,
      mustBeSigned,
      configKeys,
    };
    const call = { http, signal, timeoutMilliseconds };
    return readUserinfo({ keySet: keySetAt(jwksUri), now, ...expected }, call).catch((error: unknown) => {
      // Of the grant nobody speaks but the token endpoint (RFC 6749 section 5.2), since a session ends by that word.
      const isMisplaced = error instanceof ProviderRefusedError && error.providerError === 'invalid_grant';
      throw isMisplaced ? saysNothing(error) : error;
    });
  };

  const grant = async (
    answer: Answer,
    request: { subject: string; scopes: readonly string[]; questions?: GateQuestions; signal: AbortSignal },
  ): Promise<ProviderGrant<TResult>> => {
    const { subject, questions, signal } = request;
    const { tokens, idTokenClaims, earlier, sessionState } = answer;
    const userinfo = await userinfoAbout(subject, answer, signal);
    const { claims, sources } = knownClaims(userinfo, answer);
    // Neither userinfo nor a new ID token, which section 12.2 allows: what the provider said last still stands.
    if (claims['sub'] !== subject) throw new ProviderAnswerInvalidError('refresh, which speaks of nobody');
    const login: OpenIdLogin = {
      claims: Object.assign({}, claims, { sub: subject }),
      claimSources: sources,
      tokens,
      scopes: tokens.scopes ?? request.scopes,
      answeredAt: now(),
      ...(userinfo && { userinfo }),
      ...(idTokenClaims && { idTokenClaims }),
      ...(sessionState !== undefined && { sessionState }),
      ...(earlier && { earlier }),
    };
    const unanswered = questions && options.unansweredOf?.(login, questions);
    return {
      subject,
      issuer: answer.metadata.issuer,
      result: options.resultOf(login),
      claimSources: sources,
      tokens,
      ...openIdProfile(login.claims, { trustUnverifiedEmail: options.trustUnverifiedEmail ?? [] }),
      ...(options.backchannelLogout === true &&
        answer.metadata.backchannel_logout_supported === true && {
          providerSession: typeof idTokenClaims?.['sid'] === 'string' ? { id: idTokenClaims['sid'] } : {},
        }),
      ...(questions && { evidence: answersTo(questions, { login, options }) }),
      ...(unanswered && Object.keys(unanswered).length > 0 && { unanswered }),
    };
  };

  /** What an earlier ID token said counts on where a refresh brings no new one. */
  const knownClaims = (
    userinfo: OpenIdClaims | undefined,
    { idTokenClaims, earlier }: Answer,
  ): SourcedClaims => {
    if (idTokenClaims || !earlier) return mergeClaims(userinfo, idTokenClaims);
    const known = options.claimsOf(earlier.result as TResult);
    if (userinfo) return mergeClaims(userinfo, earlierIdToken(known, earlier.claimSources));
    return { claims: { ...known }, sources: { ...earlier.claimSources } };
  };

  const renew = async ({
    refreshToken,
    issuer,
    nonce,
    signal,
    earlier,
    keepTokens,
    ...request
  }: RefreshRequest): Promise<ProviderGrant<TResult>> => {
    const metadata = await metadataSource.get({ signal }).catch((error: unknown) => {
      // Says nothing about the session, which a check of its own tokens would end.
      throw error instanceof ProviderAnswerInvalidError ? saysNothing(error) : error;
    });
    // Before the call: a refresh token goes to nobody but the issuer that gave it.
    if (metadata.issuer !== issuer) {
      const details = { expected: issuer, given: metadata.issuer };
      throw new ProviderAnswerInvalidError('issuer of the session', { details });
    }
    keySetAt(metadata.jwks_uri).readAhead();
    const given = await tokenAnswer(metadata, signal, async (configuration) =>
      refreshTokenGrant(configuration, refreshToken),
    );
    const answer = { ...given, ...(earlier && { earlier }) };
    await keepTokens?.(answer.tokens);
    if (answer.idToken === undefined) return grant(answer, { ...request, signal });
    const expected = { nonce: { ifPresent: nonce }, subject: request.subject, signal };
    return grant(await verified(answer, answer.idToken, expected), { ...request, signal });
  };

  return {
    async authorizationUrl(request) {
      const further = options.parametersOf?.(request) ?? {};
      const parameters = authorizationParameters(request, { clientId, further });
      const metadata = await metadataSource.get(request);
      // While the person logs in: a callback has one budget for all its calls.
      keySetAt(metadata.jwks_uri).readAhead();
      return buildAuthorizationUrl(configurationFor(metadata), parameters);
    },

    async exchange({ parameters, state, nonce, codeVerifier, callbackUrl, signal, ...request }) {
      const metadata = await metadataSource.get({ signal });
      const given = withoutEmptyParameters(parameters);
      checkIssuerParameter(given, metadata, configKeys.issuer);
      const callback = redirectUri(callbackUrl);
      callback.search = given.toString();
      // Beside the call for the tokens, where this process has not seen the start.
      keySetAt(metadata.jwks_uri).readAhead();
      const answer = await tokenAnswer(metadata, signal, async (configuration) =>
        authorizationCodeGrant(configuration, callback, {
          pkceCodeVerifier: codeVerifier,
          expectedState: state,
        }),
      );
      if (answer.idToken === undefined) {
        throw new ProviderAnswerInvalidError('token answer, id_token', {
          hint: 'Failed check: token answer, id_token. The token endpoint gave none: has the scope openid been granted?',
          isMalformed: true,
        });
      }
      const proven = await verified(answer, answer.idToken, {
        nonce,
        signal,
        ...(options.maxAgeSeconds !== undefined && { maxAgeSeconds: options.maxAgeSeconds }),
      });
      return grant(proven, { subject: proven.idTokenClaims.sub, signal, ...request });
    },

    async refresh(request) {
      return renew(request).catch((error: unknown) => {
        throw refreshErrorOf(error);
      });
    },

    async revoke({ refreshToken, accessToken, signal }) {
      const metadata = await metadataSource.get({ signal });
      if (metadata.revocation_endpoint === undefined) return;
      const anonymous = options.anonymousRevocation === true;
      const configuration = configure(options, metadata, { anonymous });
      const fetch = createProviderFetch({ http, signal, timeoutMilliseconds, json: false });
      const takeBack = async (token: string): Promise<void> =>
        askBy(fetch, configuration, async () => tokenRevocation(configuration, token)).catch(
          (error: unknown) => {
            throw providerErrorOf(error, 'revocation');
          },
        );
      await takeBack(refreshToken ?? accessToken);
      if (refreshToken === undefined || anonymous) return;
      // RFC 7009 section 2.1: access tokens of the grant should be gone with it, and are not everywhere. A provider may be
      // unable to take them back.
      await takeBack(accessToken).catch((error: unknown) => {
        if (!(error instanceof ProviderRefusedError)) throw error;
      });
    },

    ...(options.signOutAtProvider === true && {
      async endSessionUrl(request) {
        return endSessionUrl(await metadataSource.get(request), { clientId, ...request });
      },
    }),

    ...(options.backchannelLogout === true && {
      async verifyLogoutToken(logoutToken, { signal }) {
        const metadata = await metadataSource.get({ signal });
        return verifyLogoutToken(logoutToken, {
          keySet: keySetAt(metadata.jwks_uri),
          issuer: metadata.issuer,
          clientId,
          algorithms: [options.idTokenAlgorithm],
          configKeys,
          now,
          signal,
        });
      },
    }),
  };
}

/** An answer of the token endpoint whose tokens have the right form. */
interface Answer {
  metadata: OpenIdMetadata;
  tokens: ProviderTokens;
  accessToken: string;
  /** As it came. */
  idToken?: string;
  idTokenClaims?: IdTokenClaims;
  sessionState?: string;
  earlier?: EarlierGrant;
}

function answerOf(answer: TokenEndpointResponse, metadata: OpenIdMetadata, { idToken }: GivenTokens): Answer {
  const tokens = tokensOf(answer);
  const { session_state: sessionState } = answer;
  return {
    metadata,
    tokens,
    accessToken: tokens.accessToken,
    ...(idToken !== undefined && { idToken }),
    ...(typeof sessionState === 'string' && { sessionState }),
  };
}

/** What says nothing about the session is for an operator to mend, and no session ends by it. */
function saysNothing(
  error: ProviderAnswerInvalidError | ProviderRefusedError,
): ProviderAnswerUnreadableError {
  const { hint = '', details, providerMessage } = error;
  return new ProviderAnswerUnreadableError({
    hint,
    cause: error,
    ...(details && { details }),
    ...(providerMessage !== undefined && { providerMessage }),
  });
}

/** From config, or else from the metadata, or else as ID tokens are signed; never from the document. */
function userinfoAlgorithms(
  {
    userinfoAlgorithm,
    idTokenAlgorithm,
  }: Pick<OpenIdProviderOptions<never>, 'userinfoAlgorithm' | 'idTokenAlgorithm'>,
  { userinfo_signing_alg_values_supported: listed = [] }: OpenIdMetadata,
): readonly IdTokenAlgorithm[] {
  if (userinfoAlgorithm !== undefined) return [userinfoAlgorithm];
  const known: readonly string[] = idTokenAlgorithms;
  const supported = listed.filter((algorithm): algorithm is IdTokenAlgorithm => known.includes(algorithm));
  return supported.length > 0 ? supported : [idTokenAlgorithm];
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
