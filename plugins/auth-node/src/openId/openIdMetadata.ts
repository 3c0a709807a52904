/**
 * What is known of an OpenID Provider: read from its discovery document (OpenID Connect Discovery 1.0) when it is first
 * needed, kept for an hour, then read again in the background; or fixed in code. Start-up never depends on it.
 */
import { isHttpsOrLoopback, parseUrl, type ClockService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import { z } from 'zod';
import { ProviderAnswerInvalidError } from '../errors.ts';
import { createLastGoodCopy, type LastGoodCopy } from '../provider/lastGoodCopy.ts';
import { readProviderDocument } from '../provider/providerCalls.ts';

const maxAgeMilliseconds = 3_600_000;
const discoveryPath = '/.well-known/openid-configuration';
// https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc: what stands for all tenants, and how the
// metadata found there spells the tenant in its issuer.
const sharedTenantPattern = /\/(?:common|organizations)(?=\/|$)/;
const tenantPlaceholder = '{tenantid}';

// A lying document must not lead tokens or people over plain http.
const endpointSchema = z.string().refine(
  (text) => {
    const url = parseUrl(text);
    return url !== undefined && isHttpsOrLoopback(url);
  },
  { error: 'is no https URL' },
);

// Advice, not more: a list that is none is no reason to refuse a provider.
const listSchema = z.array(z.string()).optional().catch(undefined);

const metadataSchema = z.object({
  issuer: z.string().min(1),
  authorization_endpoint: endpointSchema,
  token_endpoint: endpointSchema,
  jwks_uri: endpointSchema,
  userinfo_endpoint: endpointSchema.optional(),
  revocation_endpoint: endpointSchema.optional(),
  // What is no use for signing out is no reason to refuse a provider.
  end_session_endpoint: endpointSchema.optional().catch(undefined),
  backchannel_logout_supported: z.boolean().optional().catch(undefined),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  userinfo_signing_alg_values_supported: listSchema,
  token_endpoint_auth_methods_supported: listSchema,
});

/** The part of a provider's metadata that is used, under the names of the discovery document. @public */
export interface OpenIdMetadata {
  /** ID tokens must name exactly this. */
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  jwks_uri: string;
  /** Without one, the claims of the ID token are all that is known of a person. */
  userinfo_endpoint?: string | undefined;
  revocation_endpoint?: string | undefined;
  /** Where a browser goes to sign out (OpenID Connect RP-Initiated Logout 1.0 section 2.1). */
  end_session_endpoint?: string | undefined;
  /** Whether the provider tells when a session of its own ends (OpenID Connect Back-Channel Logout 1.0 section 2.1). */
  backchannel_logout_supported?: boolean | undefined;
  /** Whether every callback carries `iss` (RFC 9207). */
  authorization_response_iss_parameter_supported?: boolean | undefined;
  /** How userinfo may be signed, where config does not say it. */
  userinfo_signing_alg_values_supported?: readonly string[] | undefined;
  /** How a client may prove itself, for people. */
  token_endpoint_auth_methods_supported?: readonly string[] | undefined;
}

/** Where {@link createOpenIdProvider} finds the metadata. @public */
export type OpenIdMetadataSource = Pick<LastGoodCopy<OpenIdMetadata>, 'get'>;

/**
 * Metadata that stands in code: for a vendor that documents its endpoints.
 *
 * @throws ProviderAnswerInvalidError where an endpoint is no https URL (http is for loopback only).
 * @public
 */
export function fixedOpenIdMetadata(metadata: OpenIdMetadata): OpenIdMetadataSource {
  const checked = parseMetadata({ ...metadata });
  return { get: () => Promise.resolve(checked) };
}

/**
 * Metadata from the provider's discovery document. Creating the source makes no call.
 *
 * @param options - `metadataUrl`: the document, or the issuer, checked to be https (http for loopback only). `issuer`: which
 *   issuer the document must name, exactly; default: that for which `metadataUrl` stands. `tenantId`: the one tenant whose
 *   people may sign in, where the document speaks for many with `{tenantid}` in its issuer.
 * @returns A source whose `get` throws `ERR_PROVIDER_UNAVAILABLE` or `ERR_PROVIDER_ANSWER_UNREADABLE` when the document
 *   cannot be read, and `ERR_PROVIDER_ANSWER_INVALID` when it names another issuer or an endpoint that is no https URL.
 * @public
 */
export function discoveredOpenIdMetadata(options: {
  metadataUrl: string;
  issuer?: string | undefined;
  tenantId?: string | undefined;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
}): OpenIdMetadataSource {
  const { metadataUrl, http, timeoutMilliseconds, now } = options;
  return createLastGoodCopy({
    maxAgeMilliseconds,
    now,
    async read() {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const url = documentUrl(metadataUrl);
      const document = await readProviderDocument(url, { http, signal, timeoutMilliseconds });
      return checkIssuer(parseMetadata(document), options);
    },
  });
}

/**
 * The issuer that `metadataUrl` stands for, without a slash at its end. The text is kept as the operator wrote it, since
 * issuers are compared character by character (OpenID Connect Discovery 1.0 section 4.3).
 */
export function expectedIssuer(metadataUrl: string): string {
  const withoutQuery = metadataUrl.split('?')[0] ?? '';
  const issuer = withoutQuery.endsWith(discoveryPath)
    ? withoutQuery.slice(0, -discoveryPath.length)
    : withoutQuery;
  return issuer.replace(/\/$/, '');
}

/** `metadataUrl` may also name the issuer alone, as Backstage allows. */
function documentUrl(metadataUrl: string): string {
  const url = new URL(metadataUrl);
  if (!url.pathname.endsWith(discoveryPath)) url.pathname = url.pathname.replace(/\/$/, '') + discoveryPath;
  return url.href;
}

function parseMetadata(document: Record<string, unknown>): OpenIdMetadata {
  const parsed = metadataSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new ProviderAnswerInvalidError('metadata', {
    hint: `Wrong in the provider's metadata: ${names.join('; ')}.`,
  });
}

/**
 * Section 4.3 of Discovery: otherwise one provider's metadata could speak for another (mix-up, RFC 9700 section 4.4). What
 * the operator says of the issuer counts instead of the address, and is compared as exactly.
 */
function checkIssuer(
  metadata: OpenIdMetadata,
  {
    metadataUrl,
    issuer: stated,
    tenantId,
  }: { metadataUrl: string; issuer?: string | undefined; tenantId?: string | undefined },
): OpenIdMetadata {
  const { issuer } = metadata;
  const ofAddress = expectedIssuer(metadataUrl);
  // Filled here, once, so that whatever compares the issuer later compares it exactly.
  const filled = tenantId === undefined ? issuer : issuer.replace(tenantPlaceholder, tenantId);
  if (stated !== undefined) {
    if (filled === stated) return { ...metadata, issuer: filled };
  } else if (issuer === ofAddress || issuer === `${ofAddress}/`) {
    return metadata;
  } else if (
    tenantId !== undefined &&
    issuer === ofAddress.replace(sharedTenantPattern, `/${tenantPlaceholder}`)
  ) {
    return { ...metadata, issuer: filled };
  }
  throw new ProviderAnswerInvalidError('metadata issuer', {
    hint: `Failed check: metadata issuer. ${adviceOnIssuer(issuer, stated)}`,
    details: {
      expected: stated ?? ofAddress,
      given: issuer.slice(0, 300),
      'changed by': stated === undefined ? 'metadataUrl, or issuer' : 'issuer',
    },
  });
}

function adviceOnIssuer(issuer: string, stated: string | undefined): string {
  if (/[{}]/.test(issuer)) {
    return "The issuer is a template for many tenants: take the tenant's own metadataUrl, or set 'tenantId'.";
  }
  return stated === undefined
    ? "The metadata names another issuer than metadataUrl stands for. Where that is your provider, reached by another name, set 'issuer' to what it names; otherwise correct metadataUrl."
    : "The metadata names another issuer than 'issuer' states: correct the one or metadataUrl.";
}
