/** The document with which a client registers itself (RFC 7591 sections 2 and 3.1). Members that are not known are ignored. */
import { z } from 'zod';
import type { ClientAuthentication } from './clients.ts';
import { isClientName } from './clientName.ts';
import { OAuthError } from '../oauthError.ts';
import { isRedirectUriPermitted } from './redirectUris.ts';
import type { UrlPattern } from './urlPattern.ts';

const maximumRedirectUris = 20;
/** What Backstage calls a client that does not say its name. */
const defaultName = 'Backstage CLI';

const redirectUrisSchema = z.array(z.string()).min(1).max(maximumRedirectUris);
const list = z.array(z.string().max(200)).max(20);

const documentSchema = z.object({
  redirect_uris: z.unknown().optional(),
  client_name: z.string().refine(isClientName).default(defaultName),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).optional(),
  response_types: list.refine((types) => types.includes('code')).optional(),
  grant_types: list.refine((types) => types.includes('authorization_code')).optional(),
  scope: z
    .string()
    .max(1000)
    // RFC 6749 section 3.3.
    .regex(/^(?:[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*)?$/)
    .optional(),
});

/** The document as a client writes it. Its addresses are checked apart, for the code of that fault. */
export const clientRegistrationSchema = documentSchema.extend({ redirect_uris: redirectUrisSchema });

/** What each member must be, for the client's developer. */
const rules: Record<string, string> = {
  client_name: 'must have 1 to 200 characters, and none that controls the text around it',
  token_endpoint_auth_method: "must be 'none', 'client_secret_basic' or 'client_secret_post'",
  response_types: "must list 'code'",
  grant_types: "must list 'authorization_code'",
  scope: 'must be names with single spaces between them',
};

/** What a client asked for, checked. */
export interface ClientRegistration {
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** `client_secret` where the client did not say. */
  readonly authentication: ClientAuthentication;
  readonly grantTypes: readonly string[];
  readonly scope: string | undefined;
}

/**
 * Checks a registration.
 *
 * @param options - `grantTypes`: those that are offered; others that a client asks for are left out of its registration
 *   (RFC 7591 section 2).
 * @throws OAuthError `invalid_redirect_uri`, `invalid_client_metadata`.
 */
export function parseClientRegistration(
  document: unknown,
  options: { redirectUriPatterns: readonly UrlPattern[]; grantTypes: readonly string[] },
): ClientRegistration {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) {
    const member = String(parsed.error.issues[0]?.path[0] ?? '');
    throw new OAuthError(
      'invalid_client_metadata',
      Object.hasOwn(rules, member) ? `${member} ${rules[member]}` : 'The registration must be a JSON object',
    );
  }
  const { data } = parsed;
  const asked = data.grant_types ?? ['authorization_code'];
  return {
    name: data.client_name,
    redirectUris: parseRedirectUris(data.redirect_uris, options.redirectUriPatterns),
    authentication: data.token_endpoint_auth_method ?? 'client_secret',
    grantTypes: options.grantTypes.filter((type) => asked.includes(type)),
    scope: data.scope,
  };
}

function parseRedirectUris(value: unknown, patterns: readonly UrlPattern[]): string[] {
  const parsed = redirectUrisSchema.safeParse(value);
  if (!parsed.success) {
    throw new OAuthError(
      'invalid_redirect_uri',
      `redirect_uris must list 1 to ${maximumRedirectUris} addresses`,
    );
  }
  const refused = parsed.data.findIndex((uri) => !isRedirectUriPermitted(uri, patterns));
  if (refused >= 0) {
    throw new OAuthError(
      'invalid_redirect_uri',
      `redirect_uris[${refused}] is not an address that this server redirects to`,
    );
  }
  return [...new Set(parsed.data)];
}
