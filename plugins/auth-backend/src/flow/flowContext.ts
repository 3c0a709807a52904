/** What every route works with. Made once, in plugin.ts. */
import type {
  AuthService,
  ClockService,
  LoggerService,
  RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type { Context } from 'koa';
import {
  RefusalError,
  type AuthServerMetadata,
  type AuthUserInfoService,
  type SealingService,
  type SigningKeysService,
  type TokenIssuerService,
} from '@vestibule/plugin-auth-node';
import type { UsedStates } from '../transactions/usedStates.ts';
import type { RecordStore } from '../record/recordStore.ts';
import {
  isUsable,
  type DisabledProvider,
  type EnvironmentSettings,
  type ProviderEntry,
  type SignInProvider,
} from '../providers/signInProvider.ts';
import type { ResolverContexts } from '../policy/resolverContext.ts';
import type { SignInEvaluator, SignInOutcome } from '../policy/signInPolicy.ts';
import type { SessionStore } from '../sessions/sessionStore.ts';
import type { SessionRenewal } from './renewSession.ts';
import { createProviderCookies, type ProviderCookies } from '../http/providerCookies.ts';
import { createAuthTransactions, type AuthTransactions } from '../transactions/authTransactions.ts';
import type { AllowedTargets } from './allowedTargets.ts';
import { backstageIdentityOf, providerInfoOf, type AuthResponse } from '../authResponse.ts';
import type { Grant } from '../policy/grant.ts';
import type { VendorTokens } from '../sessions/session.ts';
import type { ShortSessions } from './shortSessions.ts';
import type { Query } from '../http/query.ts';

/** See the members' own files. */
export interface FlowContext {
  readonly providers: ReadonlyMap<string, FlowProvider | DisabledProvider>;
  readonly isProviderInstalled: (providerId: string) => boolean;
  readonly targets: AllowedTargets;
  readonly usedStates: UsedStates;
  /** For the resolvers of Backstage modules; `evaluator` has its own. */
  readonly contexts: ResolverContexts;
  readonly evaluator: SignInEvaluator;
  readonly tokens: TokenIssuerService;
  readonly userInfo: AuthUserInfoService;
  /** Verifies the tokens of plugins; those of users are verified by `tokens`, with the keys at hand. */
  readonly auth: AuthService;
  readonly keys: SigningKeysService;
  readonly sessions: SessionStore;
  readonly renewal: SessionRenewal;
  readonly shortSessions: ShortSessions;
  readonly records: RecordStore;
  /** What a module says of the authorization server that it is. */
  readonly serverMetadata: AuthServerMetadata | undefined;
  readonly graceMilliseconds: number;
  readonly baseUrl: string;
  readonly logger: LoggerService;
  readonly runtimeMode: RuntimeModeService;
  readonly clock: ClockService;
}

/** A provider, with the cookies that are its own. */
export interface FlowProvider {
  readonly provider: SignInProvider;
  readonly cookies: ProviderCookies;
  readonly transactions: AuthTransactions;
}

/** Gives each provider that can be used its cookies. */
export function withCookies(
  providers: ReadonlyMap<string, ProviderEntry>,
  options: { baseUrl: string; appUrl: string; sealing: SealingService; clock: ClockService },
): FlowContext['providers'] {
  const { sealing, clock } = options;
  const given = (entry: ProviderEntry) => {
    if (!isUsable(entry)) return entry;
    const { id: providerId, callbackUrls } = entry;
    const cookies = createProviderCookies({ ...options, providerId, callbackUrls });
    const transactions = createAuthTransactions({
      sealing,
      providerId,
      cookies: cookies.transactions,
      clock,
    });
    return { provider: entry, cookies, transactions };
  };
  return new Map([...providers].map(([id, entry]) => [id, given(entry)]));
}

/**
 * The provider in the path.
 *
 * @throws `ERR_AUTH_PROVIDER_UNKNOWN`, `ERR_AUTH_PROVIDER_NOT_CONFIGURED`, `ERR_AUTH_PROVIDER_DISABLED`.
 */
export function findProvider(
  { providers, isProviderInstalled }: FlowContext,
  providerId: string,
): FlowProvider {
  const entry = providers.get(providerId);
  if (entry && 'problem' in entry) {
    throw new RefusalError('ERR_AUTH_PROVIDER_DISABLED', { sentence: entry.problem });
  }
  if (entry) return entry;
  if (isProviderInstalled(providerId)) {
    throw new RefusalError('ERR_AUTH_PROVIDER_NOT_CONFIGURED', {
      sentence: `No auth provider registered for '${providerId}'`,
    });
  }
  throw unknownProvider(providerId);
}

/** Also the answer to a path or method that a known provider does not have. */
export function unknownProvider(providerId: string): RefusalError {
  return new RefusalError('ERR_AUTH_PROVIDER_UNKNOWN', { sentence: `Unknown auth provider '${providerId}'` });
}

/**
 * The environment that a query or a transaction names, with what config says of it.
 *
 * @throws `ERR_AUTH_ENV_MISSING`, `ERR_AUTH_ENV_UNKNOWN`.
 */
export function findEnvironment(
  { settingsOf }: SignInProvider,
  environment: string | undefined,
): EnvironmentSettings & { environment: string } {
  if (environment === undefined) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  const settings = settingsOf(environment);
  if (settings) return { ...settings, environment };
  throw new RefusalError('ERR_AUTH_ENV_UNKNOWN', {
    sentence: `No configuration available for the '${environment}' environment of this provider.`,
  });
}

/**
 * Makes sure that a call came from a script that our CORS rules let run, of every kind of provider: other sites can
 * neither set the header nor hide their origin.
 *
 * @throws `ERR_AUTH_REQUESTED_WITH_MISSING`, `ERR_AUTH_ORIGIN_NOT_ALLOWED`.
 */
export function checkCaller(ctx: Context, { targets }: FlowContext): void {
  if (ctx.get('x-requested-with') !== 'XMLHttpRequest')
    throw new RefusalError('ERR_AUTH_REQUESTED_WITH_MISSING');
  const origin = ctx.get('origin');
  if (origin !== '') {
    if (!targets.isOriginAllowed(origin)) {
      throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED', {
        sentence: `Origin '${origin}' is not allowed`,
      });
    }
  } else if (ctx.get('sec-fetch-site') === 'cross-site') {
    throw new RefusalError('ERR_AUTH_ORIGIN_NOT_ALLOWED');
  }
}

/** The value of a parameter; one that is there without a value counts as absent. */
export function parameter(query: Query, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** What a front end gets: the profile, what the provider delegated, and the identity, where there is one. */
export function responseOf(
  { clock }: FlowContext,
  { profile, issued }: SignInOutcome,
  grant: Pick<Grant, 'providerInfo'> & { tokens?: VendorTokens },
): AuthResponse {
  const { tokens } = grant;
  const providerInfo =
    'providerInfo' in grant || !tokens ? grant.providerInfo : providerInfoOf(tokens, clock);
  return {
    profile,
    ...(providerInfo && { providerInfo }),
    ...(issued && { backstageIdentity: backstageIdentityOf(issued, issued.claims, clock) }),
  };
}

/** What may stand in no record. */
export function secretsOf({ accessToken, refreshToken, idToken }: VendorTokens): (string | undefined)[] {
  return [accessToken, refreshToken, idToken];
}
