/** The keys of an OpenID Provider under `auth.providers.<id>.<env>`, besides those that every OAuth provider has. */
import { parseUrl } from '@vestibule/backend-plugin-api';
import {
  durationSchema,
  idTokenAlgorithms,
  isHttpsOrLoopback,
  trustUnverifiedEmailSchema,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';

const metadataUrlSchema = z.string().superRefine((text, context) => {
  const problem = problemOfMetadataUrl(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const timeoutSchema = durationSchema.refine((milliseconds) => milliseconds > 0, 'must be longer than 0');

// Entra names tenants in its tokens by this form, never by a domain.
const tenantIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "must be the tenant's id, a UUID, not its domain")
  .transform((id) => id.toLowerCase());

/** What the authorization request carries in any case, or what another key is for. */
const reservedParameters: Record<string, string> = {
  client_id: "it is set by 'clientId'",
  scope: "it is set by 'additionalScopes'",
  redirect_uri: "it is set by 'callbackUrl'",
  prompt: "it is set by 'prompt'",
  ...Object.fromEntries(
    [
      'response_type',
      'response_mode',
      'state',
      'nonce',
      'code_challenge',
      'code_challenge_method',
      'request',
      'request_uri',
      'client_secret',
    ].map((name) => [name, 'it belongs to the sign-in itself']),
  ),
};

const startUrlSearchParamsSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .superRefine((parameters, context) => {
    for (const name of Object.keys(parameters)) {
      const reason = Object.hasOwn(reservedParameters, name) ? reservedParameters[name] : undefined;
      if (reason !== undefined) {
        context.addIssue({ code: 'custom', path: [name], message: `must not name '${name}': ${reason}` });
      }
    }
    const { max_age: maxAge } = parameters;
    if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
      context.addIssue({ code: 'custom', path: ['max_age'], message: 'must be a whole number of seconds' });
    }
  });

// An identifier, compared character by character (OpenID Connect Discovery 1.0 section 4.3): it need not be reachable.
const issuerSchema = z.string().superRefine((text, context) => {
  const url = parseUrl(text);
  if (!url || !['https:', 'http:'].includes(url.protocol) || /\s/.test(text)) {
    context.addIssue({ code: 'custom', message: "must be the provider's issuer, a URL" });
  } else if (url.search !== '' || url.hash !== '') {
    context.addIssue({ code: 'custom', message: 'must have no query and no fragment' });
  }
});

/** Checks those keys, in `auth.providers.<id>.<env>`, and fills in the defaults. @public */
export const oidcConfigSchema = z.object({
  /** The discovery document, or the issuer. https; http for loopback only. */
  metadataUrl: metadataUrlSchema,
  /**
   * The issuer that the provider names in its metadata and its tokens, exactly: for a provider that is reached by another
   * name. Default: that for which `metadataUrl` stands.
   */
  issuer: issuerSchema.optional(),
  /** How the client proves itself at the token endpoint. Default `client_secret_basic`. */
  tokenEndpointAuthMethod: z
    .enum(['client_secret_basic', 'client_secret_post', 'none'])
    .default('client_secret_basic'),
  /** With which algorithm ID tokens are signed; a token that names another one is refused. Default `RS256`. */
  tokenSignedResponseAlg: z.enum(idTokenAlgorithms).default('RS256'),
  /**
   * With which algorithm userinfo is signed; userinfo that is not is refused. Default: JSON counts, and signed userinfo
   * where the metadata lists the algorithm, or else with that of ID tokens.
   */
  userinfoSignedResponseAlg: z.enum(idTokenAlgorithms).optional(),
  /** `auto` sends no `prompt`; absent, none but `consent` with `offline_access`; any other value is sent as it is. */
  prompt: z.string().min(1).optional(),
  /** Deadline of each call to the provider. Default 10 s, which is also the most that an outbound call may take. */
  timeout: timeoutSchema.default(10_000),
  /** Further parameters of the authorization request, for example `{ acr_values: phr }`. */
  startUrlSearchParams: startUrlSearchParamsSchema.default({}),
  /**
   * In which claim the provider lists groups, for the gate `groups`: of userinfo, or else of the ID token. The claim's name,
   * or a path such as `realm_access.roles`; of an object its keys count. Default `groups`.
   */
  groupsClaim: z.string().min(1).default('groups'),
  /** Whether signing out goes on at the provider, where it announces an `end_session_endpoint`. Default: true. */
  signOutAtProvider: z.boolean().default(true),
  /** Entra: the one tenant whose people may sign in. Needed where `metadataUrl` is that of `common` or `organizations`. */
  tenantId: tenantIdSchema.optional(),
  /**
   * An address counts although the provider does not say `email_verified: true`: with `true` where it does not say it, or
   * says it as a text; with a list of `absent`, `text` and `false` only so. Default: false.
   */
  dangerouslyTrustUnverifiedEmail: trustUnverifiedEmailSchema,
});

/** The keys once checked: every default filled in, durations in milliseconds. @public */
export type OidcSettings = z.infer<typeof oidcConfigSchema>;

function problemOfMetadataUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (!url) return 'must be a URL';
  if (!isHttpsOrLoopback(url)) return 'must be an https URL (http is for loopback only)';
  if (url.hash !== '' || url.username !== '' || url.password !== '')
    return 'must have no fragment and no user name';
  if (url.pathname.includes('/.well-known/') && !url.pathname.endsWith('/.well-known/openid-configuration')) {
    return "must end with '/.well-known/openid-configuration'";
  }
  return undefined;
}
