/** The provider that a path names, with its cookies, and the environment that a query names. */
import type { ClockService } from '@vestibule/backend-plugin-api';
import { RefusalError, type SealingService } from '@vestibule/plugin-auth-node';
import { createProviderCookies, type ProviderCookies } from '../http/providerCookies.ts';
import {
  isUsable,
  type DisabledProvider,
  type EnvironmentSettings,
  type ProviderEntry,
  type SignInProvider,
} from '../providers/signInProvider.ts';
import { AuthTransactions } from '../transactions/authTransactions.ts';

/** What stands under each provider id. */
export type FlowProviders = ReadonlyMap<string, FlowProvider | DisabledProvider>;

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
): FlowProviders {
  const { sealing, clock } = options;
  const given = (entry: ProviderEntry): FlowProvider | DisabledProvider => {
    if (!isUsable(entry)) return entry;
    const { id: providerId, callbackUrls } = entry;
    const cookies = createProviderCookies({ ...options, providerId, callbackUrls });
    const transactions = new AuthTransactions(providerId, cookies.transactions, sealing, clock);
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
  options: { providers: FlowProviders; isProviderInstalled: (providerId: string) => boolean },
  providerId: string,
): FlowProvider {
  const { providers, isProviderInstalled } = options;
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
