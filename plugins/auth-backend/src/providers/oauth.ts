/** Adapter of OAuth-type providers: their block has an environment for each client that is registered at the vendor. */
import { hash } from 'node:crypto';
import {
  ConfigError,
  configProblemAt,
  configProblemLine,
  followConfig,
  type ConfigProblem,
  type Deadline,
} from '@vestibule/backend-plugin-api';
import {
  canEndSession,
  isRefreshable,
  isRevocable,
  type OAuthProvider,
  type OAuthProviderDefinition,
  type ProviderGrant,
  RefusalError,
  signInCodeOf,
  randomToken,
  takesLogoutTokens,
} from '@vestibule/plugin-auth-node';
import { oauthSettingsSchema } from '../config.ts';
import { ClientRefusedError } from '../errors.ts';
import { clientSecretProblems } from '../secrets/secretProblems.ts';
import { addSecrets } from '../record/recordDraft.ts';
import type { Session, VendorTokens } from '../sessions/session.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { settle, throwProblems } from './configFaults.ts';
import { readEnvironments } from './instanceKeys.ts';
import { readBlock, schemasOf, sessionLength, type ProviderBlock } from './readBlock.ts';
import { joinScopes, parseScopes, splitScopes } from './scopes.ts';
import type { EnvironmentSettings, SessionGrant, SignInProvider } from './signInProvider.ts';

/**
 * Scopes of a session are added up to this length; past it, only what was asked for goes out. So nobody who is led to sign
 * in with more and more scopes ends with a transaction that no cookie holds.
 */
const mostScopeCharacters = 1000;

/** A client at the vendor. */
export interface OAuthClient extends EnvironmentSettings {
  readonly provider: OAuthProvider;
  readonly callbackUrl: string;
  /** Asked for always. */
  readonly scopes: readonly string[];
}

type Block = ProviderBlock<OAuthProviderDefinition>;

/** @throws ConfigError with the faults of all environments. */
export function createOAuthSignIn(block: Block, building: ProviderBuildContext): SignInProvider {
  const { providerId, type, definition } = block;
  const schema = oauthSettingsSchema(definition.clientSecret ?? 'required');
  const { environments, keys, ...found } = readEnvironments(
    building.config,
    providerId,
    schemasOf(block, schema),
  );
  for (const warning of found.warnings) building.warn(warning);
  if (environments.length === 0 && found.problems.length === 0) building.warn(nothingIn(block, building));
  const built = environments.map((environment) =>
    settle(() => [environment, readClient({ ...block, environment }, building)] as const),
  );
  throwProblems([...found.problems, ...built.flatMap(({ problems }) => problems)]);
  const clients = new Map(built.flatMap(({ value }) => (value ? [value] : [])));
  const { title = definition.title, icon } = keys;
  return {
    id: providerId,
    type,
    title,
    ...(icon !== undefined && { icon }),
    ...signInByClients(clients, building),
  };
}

/** A key with nothing under it is no environment: whoever has indented the rest too little sees no provider and no fault. */
function nothingIn({ providerId }: Block, { config }: ProviderBuildContext): ConfigProblem {
  const path = `auth.providers.${providerId}`;
  const environment = config.getOptionalString('auth.environment') ?? 'development';
  return configProblemAt(config, path, {
    code: 'ERR_CONFIG_VALUE_MISSING',
    what: 'has no environment with anything in it: nobody can sign in by it',
    suggestion: `Its client stands in an environment: ${path}.${environment}.clientId.`,
    at: 'key',
  });
}

function readClient(block: Block & { environment: string }, building: ProviderBuildContext): OAuthClient {
  const { providerId, definition, environment } = block;
  const { config, logger, http, clock, baseUrl } = building;
  const schema = oauthSettingsSchema(definition.clientSecret ?? 'required');
  const { path, common, settings, policy, questions, ...read } = readBlock({ ...block, schema }, building);
  const { clientId, clientSecret, callbackUrl = `${baseUrl}/${providerId}/handler/frame` } = common;
  const scopes = joinScopes(definition.requiredScopes, read.scopes, splitScopes(common.additionalScopes));
  const createWith = (secret: string | undefined): OAuthProvider =>
    definition.create({
      settings,
      clientId,
      clientSecret: secret,
      config: config.getConfig(path),
      providerId,
      environment,
      scopes,
      logger: logger.child({ provider: providerId }),
      http,
      now: () => clock.now(),
    });
  let provider = read.create(() => createWith(clientSecret));
  followConfig({
    config,
    path: `${path}.clientSecret`,
    onChange(secret) {
      try {
        provider = createWith(usableSecret(secret, block, building));
      } catch (error) {
        const reason =
          error instanceof ConfigError
            ? error.problems.map(configProblemLine).join('; ')
            : 'the provider cannot be made with it';
        logger.error(`${path}.clientSecret was read again and is not used, the former one is: ${reason}`);
      }
    },
  });
  read.announce({
    callbackUrl,
    ...(canEndSession(provider) && { returnUrl: `${baseUrl}/${providerId}/logout/return` }),
    ...(takesLogoutTokens(provider) && { logoutTokenUrl: `${baseUrl}/${providerId}/backchannel-logout` }),
  });
  return {
    // That of now: each request to the provider asks for it.
    get provider() {
      return provider;
    },
    callbackUrl,
    scopes,
    policy,
    questions,
    ...(read.nobody && { nobody: read.nobody }),
    persistsScopes: definition.persistsScopes ?? false,
    sessionMilliseconds: sessionLength(common.sessionDuration),
    refreshTokenAdvice:
      definition.refreshTokenAdvice?.({ settings, scopes, path }) ??
      `Allow refresh tokens for this client at ${definition.title}, and ask for the scope that they take.`,
  };
}

/** A client secret that took another's place while the process lives. @throws ConfigError where a start would refuse it. */
function usableSecret(
  secret: unknown,
  { providerId, environment }: { providerId: string; environment: string },
  { config, runtimeMode }: ProviderBuildContext,
): string {
  const keys = ['auth', 'providers', providerId, environment];
  const problems = runtimeMode.isProduction
    ? clientSecretProblems(config, keys, { clientSecret: secret })
    : [];
  if (typeof secret !== 'string' || secret === '') {
    problems.push(configProblemAt(config, [...keys, 'clientSecret'], { what: 'is gone or empty' }));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return secret as string;
}

/** The sign-in by the clients of one provider, by environment. */
export function signInByClients(
  clients: ReadonlyMap<string, OAuthClient>,
  { clock }: Pick<ProviderBuildContext, 'clock'>,
): Omit<SignInProvider, 'id' | 'type' | 'title'> {
  const find = (environment: string | undefined) =>
    environment === undefined ? undefined : clients.get(environment);
  // The flow asks only for environments that are there.
  const clientOf = (environment: string | undefined): OAuthClient => find(environment)!;

  return {
    can: { popup: true, refresh: true, logout: true },
    environments: [...clients.keys()],
    callbackUrls: [...clients.values()].map(({ callbackUrl }) => callbackUrl),
    settingsOf: find,
    readScopes: parseScopes,
    renewAlways: false,

    async begin({ environment, state, scopes: asked, session, budget }) {
      const { provider, callbackUrl, questions, ...client } = clientOf(environment);
      const before = client.persistsScopes ? grantedBefore(await session()) : [];
      const scopes = joinScopes(asked, before, client.scopes);
      const [nonce, codeVerifier] = [randomToken(), randomToken()];
      const codeChallenge = hash('sha256', codeVerifier, 'base64url');
      const { href: location } = await provider.authorizationUrl({
        state,
        nonce,
        codeChallenge,
        scopes,
        callbackUrl,
        questions,
        // Made only for who calls the provider, which is seldom.
        get signal() {
          return budget.signal;
        },
      });
      return { location, scopes, privateState: { version: 1, kind: 'oauth', nonce, codeVerifier } };
    },

    async finish({ environment, query, state, scopes, draft, budget }, privateState) {
      if (privateState.kind !== 'oauth') throw new RefusalError('ERR_AUTH_STATE_MISMATCH');
      const { provider, callbackUrl, questions, persistsScopes } = clientOf(environment);
      const { nonce, codeVerifier } = privateState;
      addSecrets(draft, [nonce, codeVerifier]);
      const grant = await provider.exchange({
        parameters: new URLSearchParams([...query]),
        state,
        nonce,
        codeVerifier,
        scopes,
        callbackUrl,
        questions,
        signal: budget.signal,
      });
      const tokens = tokensOf(grant, { requested: scopes, persistsScopes, now: clock.now() });
      return {
        tokens,
        vendor: { version: 1, kind: 'oauth', nonce },
        sessionScopes: scopes,
        ...(grant.providerSession && { providerSession: grant.providerSession }),
        ...provenBy(grant),
      };
    },

    identify: async () => Promise.reject(new RefusalError('ERR_AUTH_SESSION_MISSING')),

    canRenew: (environment, { tokens }) =>
      tokens.refreshToken !== undefined && isRefreshable(clientOf(environment).provider),

    async renew({ environment, scopes, rotate, budget }, session) {
      const { provider, persistsScopes, questions } = clientOf(environment);
      const { tokens, identity, vendor } = session;
      const { refreshToken } = tokens;
      const { subject, issuer, evidence, claimSources } = identity;
      const isOfOurs = subject !== undefined && issuer !== undefined;
      if (refreshToken === undefined || !isOfOurs || !isRefreshable(provider))
        throw new RefusalError('ERR_AUTH_SESSION_NOT_RENEWABLE');
      const requested = [...new Set([...session.scopes, ...scopes])];
      const asStored = (grant: Pick<ProviderGrant, 'tokens'>): VendorTokens =>
        tokensOf(grant, { requested, persistsScopes, now: clock.now(), earlier: tokens });
      try {
        const grant = await provider.refresh({
          refreshToken,
          scopes: requested,
          subject,
          issuer,
          questions,
          earlier: {
            result: identity.result,
            ...(evidence && { evidence }),
            ...(claimSources && { claimSources }),
          },
          ...(vendor.kind === 'oauth' && vendor.nonce !== undefined && { nonce: vendor.nonce }),
          async keepTokens(given) {
            if (given.refreshToken === undefined || given.refreshToken === refreshToken) return;
            // Expired, so that the next refresh asks the provider again, with the new refresh token.
            await rotate({ ...asStored({ tokens: given }), expiresAt: clock.now() }, vendor);
          },
          signal: budget.signal,
        });
        checkSamePerson(grant, { subject, issuer });
        return { tokens: asStored(grant), vendor, ...provenBy(grant) };
      } catch (error) {
        throw definite(error);
      }
    },

    async endSessionUrl({ returnUrl, state, budget }, { environment, tokens }) {
      const { provider } = clientOf(environment);
      if (!canEndSession(provider)) return undefined;
      const { idToken = tokens.earlierIdToken } = tokens;
      const { signal } = budget;
      const url = await provider.endSessionUrl({ returnUrl, state, signal, ...(idToken && { idToken }) });
      return url?.href;
    },

    ...([...clients.values()].some(({ provider }) => takesLogoutTokens(provider)) && {
      async verifyLogoutToken(environment: string, logoutToken: string, { signal }: Deadline) {
        const { provider } = clientOf(environment);
        if (!takesLogoutTokens(provider)) throw new RefusalError('ERR_AUTH_PROVIDER_UNKNOWN');
        return provider.verifyLogoutToken(logoutToken, { signal });
      },
    }),

    async end({ environment, budget }, { tokens }) {
      const { provider } = clientOf(environment);
      const { refreshToken, accessToken } = tokens;
      if (!isRevocable(provider) || accessToken === undefined) return {};
      await provider.revoke({
        accessToken,
        signal: budget.signal,
        ...(refreshToken !== undefined && { refreshToken }),
      });
      return {};
    },
  };
}

/**
 * What a new session of the same browser has to cover, too: a front end that asks for one scope more expects to keep those
 * that it had, and a refresh is refused what the session was not begun with.
 */
function grantedBefore(session: Session | undefined): readonly string[] {
  const { scopes } = session?.tokens ?? { scopes: [] };
  return scopes.join(' ').length > mostScopeCharacters ? [] : scopes;
}

/** OpenID Connect Core 12.2, for every kind of provider, and for those that forget to check it themselves. */
function checkSamePerson(
  grant: ProviderGrant,
  { subject, issuer }: { subject: string; issuer: string },
): void {
  if (grant.subject === subject && grant.issuer === issuer) return;
  throw new RefusalError('ERR_PROVIDER_ANSWER_INVALID', {
    hint: 'The refresh is of another subject or issuer than the sign-in.',
  });
}

/** Of the OAuth errors only `invalid_grant` is about the person; the others are ours or the provider's to mend. */
function definite(error: unknown): unknown {
  if (signInCodeOf(error) !== 'ERR_PROVIDER_REFUSED') return error;
  const { providerError } = error as { providerError?: string };
  if (providerError === 'invalid_grant') {
    return new RefusalError('ERR_AUTH_SESSION_ENDED', {
      cause: error,
      hint: 'The provider ended the grant.',
    });
  }
  return new ClientRefusedError('ERR_PROVIDER_REFUSED', { cause: error });
}

/** The members of the contract: a provider of the operator's own may give more. */
function provenBy(grant: ProviderGrant): Omit<SessionGrant, 'tokens' | 'vendor'> {
  return {
    subject: grant.subject,
    issuer: grant.issuer,
    profile: grant.profile,
    result: grant.result,
    ...(grant.emailOmitted && { emailOmitted: grant.emailOmitted }),
    ...(grant.emailNotVerified && { emailNotVerified: grant.emailNotVerified }),
    ...(grant.claimSources && { claimSources: grant.claimSources }),
    ...(grant.evidence && { evidence: grant.evidence }),
    ...(grant.unanswered && { unanswered: grant.unanswered }),
  };
}

/** For providers that persist scopes, what was asked for counts, not what they answer. */
function tokensOf(
  { tokens }: Pick<ProviderGrant, 'tokens'>,
  options: { requested: readonly string[]; persistsScopes: boolean; now: number; earlier?: VendorTokens },
): VendorTokens {
  const { requested, persistsScopes, now, earlier } = options;
  const refreshToken = tokens.refreshToken ?? earlier?.refreshToken;
  const earlierIdToken = earlier?.idToken ?? earlier?.earlierIdToken;
  return {
    accessToken: tokens.accessToken,
    tokenType: tokens.tokenType,
    scopes: persistsScopes ? requested : (tokens.scopes ?? requested),
    checkedAt: now,
    ...(tokens.idToken !== undefined && { idToken: tokens.idToken }),
    ...(tokens.idToken === undefined && earlierIdToken !== undefined && { earlierIdToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(tokens.expiresInSeconds !== undefined && {
      expiresAt: now + Math.floor(tokens.expiresInSeconds) * 1000,
    }),
  };
}
