/** What the providers are made from, whatever their kind. */
import type {
  ClockService,
  Config,
  ConfigProblem,
  ForeignCodeService,
  LoggerService,
  RuntimeModeService,
} from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import type { AllowBlock } from '../config.ts';
import type { CatalogPlace } from './catalogPlace.ts';
import type { ResolverRegistry } from './resolverRegistry.ts';
import type { TransformRegistry } from './transformRegistry.ts';

/** See the members. */
export interface ProviderBuildContext {
  config: Config;
  logger: LoggerService;
  /** Takes what is found in a block and refuses nothing. */
  warn: (warning: ConfigProblem) => void;
  /** Takes what is told of a provider that is right: one line. */
  tell: (summary: string) => void;
  catalog: CatalogPlace;
  runtimeMode: RuntimeModeService;
  foreignCode: ForeignCodeService;
  http: OutboundHttp;
  clock: ClockService;
  resolvers: ResolverRegistry;
  transforms: TransformRegistry;
  /** `app.baseUrl`. */
  appUrl: string;
  /** Whether a sign-in may end there. */
  isOriginAllowed: (origin: string) => boolean;
  /** External base URL of the plugin, without a trailing slash. */
  baseUrl: string;
  allowAnyProviderResolvers: boolean;
  /** `auth.allow`. */
  allow: AllowBlock | undefined;
}
