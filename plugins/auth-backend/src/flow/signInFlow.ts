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
import { policyServiceRef, type Policy } from '../policy/policyService.ts';
import type { ProviderEntry } from '../providers/signInProvider.ts';
import { signInRecordsServiceRef, type SignInRecords } from '../record/signInRecords.ts';
import { sessionsServiceRef, type Sessions } from '../sessions/sealedSessions.ts';
import { authSettingsServiceRef, type ReadAuthSettings } from '../settings.ts';
import { usedStatesServiceRef, type UsedStates } from '../transactions/usedStates.ts';
import { allowedTargetsServiceRef, type AllowedTargets } from './allowedTargets.ts';
import { withCookies } from './findProvider.ts';
import type { FlowContext } from './flowContext.ts';
import { createSessionRenewal } from './renewSession.ts';
import { createShortSessions } from './shortSessions.ts';

const defaultGraceMilliseconds = 3_600_000;

/** What only the start knows. */
interface FlowStart {
  readonly providers: ReadonlyMap<string, ProviderEntry>;
  /** The types that there are, whether the config names them or not. */
  readonly types: ReadonlyMap<string, unknown>;
  readonly serverMetadata: AuthServerMetadata | undefined;
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
)
export class SignInFlow {
  constructor(
    private readonly settings: ReadAuthSettings,
    private readonly discovery: DiscoveryService,
    private readonly auth: AuthService,
    private readonly logger: LoggerService,
    private readonly runtimeMode: RuntimeModeService,
    private readonly clock: ClockService,
    private readonly sealing: SealingService,
    private readonly keys: SigningKeysService,
    private readonly tokens: TokenIssuerService,
    private readonly userInfo: AuthUserInfoService,
    private readonly targets: AllowedTargets,
    private readonly usedStates: UsedStates,
    private readonly policy: Policy,
    private readonly sessions: Sessions,
    private readonly records: SignInRecords,
  ) {}

  /** What the routes work with, once keys and the sealing secret are there. Rejects while the database does not answer. */
  async open({ providers, types, serverMetadata }: FlowStart): Promise<FlowContext> {
    const { sealing, keys, tokens, userInfo, targets, usedStates, sessions, records } = this;
    const { auth, logger, runtimeMode, clock } = this;
    const baseUrl = await this.discovery.getExternalBaseUrl('auth');
    await sealing.ready();
    await keys.ready();
    const { evaluator, contexts } = this.policy;
    return {
      providers: withCookies(providers, { baseUrl, appUrl: targets.appUrl, sealing, clock }),
      isProviderInstalled: (providerId) => types.has(providerId),
      targets,
      usedStates,
      contexts,
      evaluator,
      tokens,
      userInfo,
      auth,
      keys,
      sessions,
      renewal: createSessionRenewal({ store: sessions, clock }),
      shortSessions: createShortSessions(logger),
      records,
      serverMetadata,
      graceMilliseconds: this.settings.auth.session?.graceDuration ?? defaultGraceMilliseconds,
      baseUrl,
      logger,
      runtimeMode,
      clock,
    };
  }
}
