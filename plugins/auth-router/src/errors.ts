/** What is wrong with how the router is made. Seen when it is made, never by a person who signs in. */
import { CodedError, type CodedErrorOptions, type ErrorCode } from '@vestibule/backend-plugin-api';

/** Every code of {@link AuthRouterError}, with what it means. @public */
export const routerErrorCodes = {
  ERR_AUTH_ROUTER_BASE_URL_MISSING:
    'The config has no backend.baseUrl and no discovery was given, so that nobody knows where browsers reach the router.',
  ERR_AUTH_ROUTER_CATALOG_MISSING:
    'No catalog was given, and neither the config nor a discovery says where one is.',
  ERR_AUTH_ROUTER_CONFIG_INVALID: 'Both config and configFiles were given.',
  ERR_AUTH_ROUTER_PROVIDER_ABSENT:
    'A name under providers is one of the old system, whose vendor has no provider of ours; the message says what to use.',
  ERR_AUTH_ROUTER_PROVIDER_INVALID:
    'A value in providerFactories, or an option of its create(), is not what it should be.',
  ERR_AUTH_ROUTER_PROVIDER_MISSING: 'The config has a provider that providerFactories lacks.',
} as const satisfies Record<ErrorCode, string>;

/**
 * The router cannot be made. Thrown by itself for what the caller gave, and as a problem within `ERR_BACKEND_STARTUP` for
 * what is known only once the config has been read.
 *
 * @public
 */
export class AuthRouterError extends CodedError {
  override readonly name = 'AuthRouterError';

  constructor(code: keyof typeof routerErrorCodes, message: string, options: CodedErrorOptions = {}) {
    super(code, message, options);
  }
}
