/** The flow of sign-in, built by the container from the services that it works with. */
import {
  Inject,
  clockServiceRef,
  coreServices,
  runtimeModeServiceRef,
  type AuthService,
  type ClockService,
  type DiscoveryService,
  type LoggerService,
  type RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import {
  sealingServiceRef,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
  userInfoServiceRef,
  type AuthServerMetadata,
  type AuthUserInfoService,
  type SealingService,
  type SigningKeysService,
  type TokenIssuerService,
} from '@vestibule/plugin-auth-node';
import { pagesServiceRef, type Pages } from '@vestibule/plugin-auth-pages';
import { createProviderCookies, type ProviderCookies } from '../http/providerCookies.ts';
import { policyServiceRef, type Policy } from '../policy/evaluateSignIn.ts';
import {
  isUsable,
  type DisabledProvider,
  type ProviderEntry,
  type SignInProvider,
} from '../providers/signInProvider.ts';
import { AuthTransactions } from '../transactions/authTransactions.ts';
import { signInRecordsServiceRef, type SignInRecords } from '../record/signInRecords.ts';
import { providerSessionsServiceRef, type ProviderSessions } from '../sessions/providerSessions.ts';
import { sessionsServiceRef, type Sessions } from '../sessions/sealedSessions.ts';
import { authSettingsServiceRef, type AuthSettings } from '../settings.ts';
import { usedStatesServiceRef, type UsedStates } from '../transactions/usedStates.ts';
import { allowedTargetsServiceRef, type AllowedTargets } from './allowedTargets.ts';
import { SessionRenewal } from './renewSession.ts';

/** A provider, with the cookies that are its own. */
export interface FlowProvider {
  readonly provider: SignInProvider;
  readonly cookies: ProviderCookies;
  readonly transactions: AuthTransactions;
}

/** What every route works with: the services, and what is known once they are ready. */
export interface FlowContext extends SignInFlow {
  /** What stands under each provider id. */
  readonly providers: ReadonlyMap<string, FlowProvider | DisabledProvider>;
  /** The types that there are, whether the config names them or not. */
  readonly types: ReadonlyMap<string, unknown>;
  /** What a module says of the authorization server that it is. */
  readonly serverMetadata: AuthServerMetadata | undefined;
  readonly baseUrl: string;
  readonly renewal: SessionRenewal;
  /** The names of providers of whose short sessions the log tells already. */
  readonly shortSessions: Set<string>;
}

@Inject(
  authSettingsServiceRef,
  coreServices.discovery,
  coreServices.auth,
  coreServices.logger,
  runtimeModeServiceRef,
  clockServiceRef,
  sealingServiceRef,
  signingKeysServiceRef,
  tokenIssuerServiceRef,
  userInfoServiceRef,
  allowedTargetsServiceRef,
  usedStatesServiceRef,
  policyServiceRef,
  sessionsServiceRef,
  signInRecordsServiceRef,
  pagesServiceRef,
  providerSessionsServiceRef,
)
export class SignInFlow {
  constructor(
    readonly settings: AuthSettings,
    readonly discovery: DiscoveryService,
    /** Verifies the tokens of plugins; those of users are verified by `tokens`, with the keys at hand. */
    readonly auth: AuthService,
    readonly logger: LoggerService,
    readonly runtimeMode: RuntimeModeService,
    readonly clock: ClockService,
    readonly sealing: SealingService,
    readonly keys: SigningKeysService,
    readonly tokens: TokenIssuerService,
    readonly userInfo: AuthUserInfoService,
    readonly targets: AllowedTargets,
    readonly usedStates: UsedStates,
    readonly policy: Policy,
    readonly sessions: Sessions,
    readonly records: SignInRecords,
    /** What people see in a browser. */
    readonly pages: Pages,
    readonly providerSessions: ProviderSessions,
  ) {}

  /**
   * Waits for the keys and the sealing secret. Rejects while the database does not answer.
   *
   * @param start - What only the start knows.
   */
  async open(
    start: Pick<FlowContext, 'types' | 'serverMetadata'> & { providers: ReadonlyMap<string, ProviderEntry> },
  ): Promise<FlowContext> {
    const { discovery, sealing, keys, targets, sessions, clock } = this;
    const baseUrl = await discovery.getExternalBaseUrl('auth');
    await sealing.ready();
    await keys.ready();
    const withCookies = (provider: SignInProvider): FlowProvider => {
      const { id: providerId, callbackUrls } = provider;
      const cookies = createProviderCookies({ baseUrl, appUrl: targets.appUrl, providerId, callbackUrls });
      const transactions = new AuthTransactions(providerId, cookies.transactions, sealing, clock);
      return { provider, cookies, transactions };
    };
    return Object.assign(this, {
      ...start,
      providers: new Map(
        [...start.providers].map(([id, entry]) => [id, isUsable(entry) ? withCookies(entry) : entry]),
      ),
      baseUrl,
      renewal: new SessionRenewal(sessions, clock),
      shortSessions: new Set<string>(),
    });
  }
}
