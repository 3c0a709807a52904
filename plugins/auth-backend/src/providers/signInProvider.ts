/**
 * A configured provider of whatever kind, as the flow knows it. Three adapters implement it: providers with an authorization
 * endpoint (`oauth.ts`), those that read each request (`proxy.ts`), and Backstage's modules (`backstage/adapter.ts`).
 */
import type { Deadline } from '@vestibule/backend-plugin-api';
import type { IncomingMessage } from 'node:http';
import type { GateQuestions, LogoutToken } from '@vestibule/plugin-auth-node';
import type { Query } from '../http/query.ts';
import type { Grant } from '../policy/grant.ts';
import type { ResolverContexts } from '../policy/resolverContext.ts';
import type { SignInPolicy } from '../policy/signInPolicy.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import type { Session, VendorSession, VendorTokens } from '../sessions/session.ts';
import type { PrivateState } from '../transactions/transaction.ts';

/** How a provider is told apart. Its paths and cookies derive from its id. */
export interface ProviderIdentity {
  readonly id: string;
  /** The same as the id unless config says otherwise. */
  readonly type: string;
  /** For people. */
  readonly title: string;
  /** As in config; absent where the type decides. */
  readonly icon?: string;
}

/** One request of one person. */
export interface ProviderRequest {
  /** Absent for a provider that is not divided by environment. */
  readonly environment?: string;
  readonly http: IncomingMessage;
  readonly query: Query;
  /** Takes steps and secrets. */
  readonly draft: RecordDraft;
  /** For a module's own resolver. What it issues takes effect once policy has let the login in. */
  readonly contexts: ResolverContexts;
  readonly budget: Deadline;
}

/** What came of a login that a session is kept of. */
export interface SessionGrant extends Grant {
  readonly tokens: VendorTokens;
  readonly vendor: VendorSession;
  /** There where the provider tells when its session ends. `id`: how it calls that. */
  readonly providerSession?: { readonly id?: string };
}

/** Begins sign-ins, ends them, and goes on with their sessions. Methods throw errors with a code of the closed list. */
export interface SignInProvider extends ProviderIdentity {
  /** `popup`: sign-ins begin at `start`; `refresh`: they leave a session, otherwise each refresh is a sign-in of its own. */
  readonly can: { readonly popup: boolean; readonly refresh: boolean; readonly logout: boolean };
  /** Those that its block is divided into; none where it is not. */
  readonly environments: readonly string[];
  /** Callback URLs that config names, of all environments. */
  readonly callbackUrls: readonly string[];
  /** What config says of an environment, without a name of a block that is not divided; `undefined` for an unknown one. */
  settingsOf(environment: string | undefined): EnvironmentSettings | undefined;
  /** The scopes of a query. @throws `ERR_AUTH_SCOPE_INVALID`. */
  readScopes(scope: string | undefined): readonly string[];
  begin(
    request: ProviderRequest & {
      readonly state: string;
      readonly scopes: readonly string[];
      /** The living session of this browser, if any. */
      session(): Promise<Session | undefined>;
    },
  ): Promise<{ location: string; scopes: readonly string[]; privateState: PrivateState }>;
  finish(
    request: ProviderRequest & { readonly state: string; readonly scopes: readonly string[] },
    privateState: PrivateState,
  ): Promise<SessionGrant & { readonly sessionScopes: readonly string[] }>;
  /** Who calls, by the request alone. */
  identify(request: ProviderRequest): Promise<Grant>;
  /** Whether `renew` is called at each refresh, for each request by itself. Otherwise only when due, and shared. */
  readonly renewAlways: boolean;
  canRenew(environment: string, session: Pick<Session, 'tokens' | 'vendor'>): boolean;
  renew(
    request: ProviderRequest & {
      readonly scopes: readonly string[];
      /** Stores what was rotated, before anything else can fail. */
      rotate(tokens: VendorTokens, vendor: VendorSession): Promise<void>;
    },
    session: Session,
  ): Promise<SessionGrant>;
  /** Where the browser signs out at the provider, too, if it can. `returnUrl`, `state`: as the provider gets them. */
  endSessionUrl?(
    request: { readonly returnUrl: string; readonly state: string; readonly budget: Deadline },
    session: Session,
  ): Promise<string | undefined>;
  /** Verifies what the provider says of its session; absent where it cannot say it. Counts tokens not. */
  verifyLogoutToken?(environment: string, logoutToken: string, budget: Deadline): Promise<LogoutToken>;
  /** @returns `logoutUrl`: where the browser goes, so that the session at the provider ends, too. */
  end(
    request: Omit<ProviderRequest, 'draft' | 'contexts'>,
    session: Session,
  ): Promise<{ logoutUrl?: string }>;
}

/** What config says of one environment. */
export interface EnvironmentSettings {
  readonly policy: SignInPolicy;
  /** Membership queries of the gates, as far as the provider can answer them. */
  readonly questions: GateQuestions;
  readonly persistsScopes: boolean;
  /** How long a session lasts at most. */
  readonly sessionMilliseconds: number;
  /** For whoever runs the portal: what would make the vendor give refresh tokens. */
  readonly refreshTokenAdvice: string;
  /** Where everybody will be refused, whatever the resolvers say. */
  readonly nobody?: NobodyAdmitted;
}

/** Why a provider lets nobody in, and what to do. */
export interface NobodyAdmitted {
  /** Follows the provider's name: `tells nothing of what auth.allow.groups asks for`. */
  readonly why: string;
  readonly nextStep?: string;
}

/** One whose block has a fault. */
export interface DisabledProvider extends ProviderIdentity {
  /** One sentence for people. */
  readonly problem: string;
}

/** What stands under one provider id in the config. */
export type ProviderEntry = SignInProvider | DisabledProvider;

/** Whether it can be used. */
export function isUsable(entry: ProviderEntry): entry is SignInProvider {
  return !('problem' in entry);
}

/** As people are told: `acme (development)`. */
export function nameOf(providerId: string, environment: string | undefined): string {
  return environment === undefined ? providerId : `${providerId} (${environment})`;
}
