/** The contract of a proxy-type provider: who calls is read from each request, and nothing is kept. */
import type { IncomingHttpHeaders } from 'node:http';
import type {
  ClockService,
  ConfigSchema,
  LoggerService,
  RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type { SignInResolver } from '../resolver/signInResolver.ts';
import type { SignInResolverFactory } from '../resolver/signInResolverFactory.ts';
import type { ProviderFacts } from './providerFacts.ts';
import type { ProfileTransform } from './profile.ts';
import type { ProfileInfo } from './profileInfo.ts';

/** What a request proved. @public */
export interface ProxyAuthentication<TResult = unknown> {
  result: TResult;
  profile: ProfileInfo;
  providerInfo?: Record<string, unknown>;
}

/** One configured provider. @public */
export interface ProxyProvider<TResult = unknown> {
  /** @throws AuthenticationError or NotAllowedError where the request proves nobody. */
  authenticate(request: {
    headers: IncomingHttpHeaders;
    /** Of the refresh request, each parameter at most once. */
    query: URLSearchParams;
    signal: AbortSignal;
  }): Promise<ProxyAuthentication<TResult>>;
  /** Whom it lets in as the backend runs, for the summary of who can sign in. Absent where each request decides. */
  readonly admission?: ProxyAdmission;
}

/** What is known of a proxy provider's requests before there is one. @public */
export interface ProxyAdmission {
  /** `false` where every request will be refused. */
  readonly isOpen: boolean;
  /** A part of a sentence: `everybody is user:default/guest`. */
  readonly says: string;
  /** What to do where it is closed, as a sentence. */
  readonly nextStep?: string;
}

/** What a provider is made of. @public */
export interface ProxyProviderOptions<TSettings> {
  /** The block `auth.providers.<id>`, checked; it is not divided by environment. */
  settings: TSettings;
  providerId: string;
  logger: LoggerService;
  runtimeMode: RuntimeModeService;
  http: OutboundHttp;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
}

/** A type of proxy provider: what `registerProvider` takes, wrapped by `createProxyProviderFactory`. @public */
export interface ProxyProviderDefinition<TSettings = unknown, TResult = unknown> extends ProviderFacts {
  kind: 'proxy';
  /** Describes the block `auth.providers.<id>` without `type`, `title`, `icon`, `signIn` and `allow`. */
  configSchema: ConfigSchema<TSettings>;
  resolvers?: Readonly<Record<string, SignInResolverFactory<TResult>>>;
  /** Used where neither config nor a module names a resolver; made from the settings. */
  defaultResolver?(settings: TSettings): SignInResolver<TResult>;
  /** Makes the profile that the person sees, and may refuse; before the transforms of modules. */
  profileTransform?: ProfileTransform<TResult>;
  create(options: ProxyProviderOptions<TSettings>): ProxyProvider<TResult>;
}
