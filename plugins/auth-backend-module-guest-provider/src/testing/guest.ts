/** A guest provider, and requests for it. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { ProxyProvider } from '@vestibule/plugin-auth-node';
import { createGuestProvider, guestConfigSchema, type GuestResult } from '../index.ts';

/** Outside development unless told otherwise. */
export function guest(
  options: { isDevelopment?: boolean; keys?: object; warnings?: string[] } = {},
): ProxyProvider<GuestResult> {
  const { isDevelopment = false, keys = {}, warnings = [] } = options;
  const silent = (): void => undefined;
  const logger: LoggerService = {
    error: silent,
    warn: (message) => void warnings.push(message),
    info: silent,
    debug: silent,
    child: () => logger,
  };
  return createGuestProvider({
    settings: guestConfigSchema.parse(keys),
    providerId: 'guest',
    logger,
    runtimeMode: { isDevelopment, isProduction: !isDevelopment },
    http: undefined as never,
    now: Date.now,
  });
}

/** What a refresh without or with `user=` looks like. */
export function request(user?: string): Parameters<ProxyProvider['authenticate']>[0] {
  return {
    headers: {},
    query: new URLSearchParams(user === undefined ? {} : { user }),
    signal: AbortSignal.timeout(5000),
  };
}
