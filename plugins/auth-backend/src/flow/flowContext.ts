/** What every route works with. Made once, in plugin.ts. */
import type {
  AuthService,
  ClockService,
  LoggerService,
  RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type {
  AuthServerMetadata,
  AuthUserInfoService,
  SigningKeysService,
  TokenIssuerService,
} from '@vestibule/plugin-auth-node';
import type { UsedStates } from '../transactions/usedStates.ts';
import type { SignInRecords } from '../record/signInRecords.ts';
import type { ResolverContexts } from '../policy/resolverContext.ts';
import type { SignInEvaluator } from '../policy/signInPolicy.ts';
import type { Sessions } from '../sessions/sealedSessions.ts';
import type { SessionRenewal } from './renewSession.ts';
import type { AllowedTargets } from './allowedTargets.ts';
import type { ShortSessions } from './shortSessions.ts';
import type { FlowProviders } from './findProvider.ts';

/** See the members' own files. */
export interface FlowContext {
  readonly providers: FlowProviders;
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
  readonly sessions: Sessions;
  readonly renewal: SessionRenewal;
  readonly shortSessions: ShortSessions;
  readonly records: SignInRecords;
  /** What a module says of the authorization server that it is. */
  readonly serverMetadata: AuthServerMetadata | undefined;
  readonly graceMilliseconds: number;
  readonly baseUrl: string;
  readonly logger: LoggerService;
  readonly runtimeMode: RuntimeModeService;
  readonly clock: ClockService;
}
