/** What every route works with. Made once, in plugin.ts. */
import type {
  AuditorService,
  AuthService,
  ClockService,
  HttpAuthService,
  LoggerService,
  RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type { Context } from 'koa';
import { RefusalError } from '@vestibule/plugin-auth-node';
import type { UsedStates } from '../transactions/usedStates.ts';
import type { RecordStore } from '../record/recordStore.ts';
import type { UserInfoStore } from '../identity/userInfoStore.ts';
import type { UserTokens } from '../identity/userTokens.ts';
import type { SigningKeys } from '../keys/signingKeys.ts';
import type { Grants } from '../oauthServer/grants.ts';
import type { OAuthServer } from '../oauthServer/oauthServer.ts';
import type { OAuthInstance, ProviderEntry } from '../providers/instances.ts';
import type { ResolverContexts } from '../policy/resolverContext.ts';
import type { SignInEvaluator } from '../policy/signInPolicy.ts';
import type { SessionStore } from '../sessions/sessionStore.ts';
import type { TokenRenewal } from '../sessions/renewTokens.ts';
import type { AllowedTargets } from '../targets/allowedTargets.ts';
import type { ShortSessions } from './shortSessions.ts';
import type { Query } from '../http/query.ts';

/** See the members' own files. */
export interface FlowContext {
  readonly providers: ReadonlyMap<string, ProviderEntry>;
  readonly isProviderInstalled: (providerId: string) => boolean;
  readonly targets: AllowedTargets;
  readonly usedStates: UsedStates;
  /** For the resolvers of hosted Backstage modules; `judge` has its own. */
  readonly contexts: ResolverContexts;
  readonly evaluator: SignInEvaluator;
  readonly tokens: UserTokens;
  readonly userInfo: UserInfoStore;
  /** Verifies the tokens of plugins; those of users are verified by `tokens`, with the keys at hand. */
  readonly auth: AuthService;
  readonly keys: SigningKeys;
  readonly sessions: SessionStore;
  readonly renewal: TokenRenewal;
  readonly shortSessions: ShortSessions;
  readonly records: RecordStore;
  readonly httpAuth: HttpAuthService;
  readonly auditor: AuditorService;
  /** Absent where no client could be known. */
  readonly oauthServer?: OAuthServer;
  /** Absent while refresh tokens are off. */
  readonly grants?: Grants;
  readonly graceMilliseconds: number;
  readonly baseUrl: string;
  readonly logger: LoggerService;
  readonly runtimeMode: RuntimeModeService;
  readonly clock: ClockService;
}

/**
 * The entry of the provider in the path.
 *
 * @throws `ERR_AUTH_PROVIDER_UNKNOWN`, `ERR_AUTH_PROVIDER_NOT_CONFIGURED`, `ERR_AUTH_PROVIDER_DISABLED`.
 */
export function findProvider({ providers, isProviderInstalled }: FlowContext, providerId: string) {
  const entry = providers.get(providerId);
  if (entry?.kind === 'disabled') {
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
 * The instance for the environment that the query names.
 *
 * @throws `ERR_AUTH_ENV_MISSING`, `ERR_AUTH_ENV_UNKNOWN`.
 */
export function findEnvironment(
  entry: Extract<ProviderEntry, { kind: 'oauth' }>,
  environment: string | undefined,
): OAuthInstance {
  if (!environment) throw new RefusalError('ERR_AUTH_ENV_MISSING');
  const instance = entry.environments.get(environment);
  if (instance) return instance;
  throw unknownEnvironment(environment);
}

export function unknownEnvironment(environment: string): RefusalError {
  return new RefusalError('ERR_AUTH_ENV_UNKNOWN', {
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
