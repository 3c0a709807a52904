/**
 * What is known of an OpenID Provider: read from its discovery document (OpenID Connect Discovery 1.0) when it is first
 * needed, kept for an hour, then read again in the background; or fixed in code. Start-up never depends on it.
 */
import { parseUrl, type ClockService } from '@vestibule/backend-plugin-api';
import type { OutboundHttp } from '@vestibule/outbound-http';
import { z } from 'zod';
import { ProviderAnswerInvalidError } from '../errors.ts';
import { createLastGoodCopy, type LastGoodCopy } from '../provider/lastGoodCopy.ts';
import { isHttpsOrLoopback } from '../provider/loopback.ts';
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

const metadataSchema = z.object({
  issuer: z.string().min(1),
  authorization_endpoint: endpointSchema,
  token_endpoint: endpointSchema,
  jwks_uri: endpointSchema,
  userinfo_endpoint: endpointSchema.optional(),
  revocation_endpoint: endpointSchema.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
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
  /** Whether every callback carries `iss` (RFC 9207). */
  authorization_response_iss_parameter_supported?: boolean | undefined;
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
 * @param options - `metadataUrl`: the document, or the issuer, checked to be https (http for loopback only). `tenantId`:
 *   the one tenant whose people may sign in, where the document speaks for many with `{tenantid}` in its issuer.
 * @returns A source whose `get` throws `ERR_PROVIDER_UNAVAILABLE` when the document cannot be read, and
 *   `ERR_PROVIDER_ANSWER_INVALID` when it names another issuer or an endpoint that is no https URL.
 * @public
 */
export function discoveredOpenIdMetadata(options: {
  metadataUrl: string;
  tenantId?: string | undefined;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  /** Milliseconds since the epoch. */
  now: ClockService['now'];
}): OpenIdMetadataSource {
  const { metadataUrl, tenantId, http, timeoutMilliseconds, now } = options;
  return createLastGoodCopy({
    maxAgeMilliseconds,
    now,
    async read() {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const url = documentUrl(metadataUrl);
      const document = await readProviderDocument(url, { http, signal, timeoutMilliseconds });
      return checkIssuer(parseMetadata(document), metadataUrl, tenantId);
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

/** Section 4.3 of Discovery: otherwise one provider's metadata could speak for another (mix-up, RFC 9700 section 4.4). */
function checkIssuer(metadata: OpenIdMetadata, metadataUrl: string, tenantId?: string): OpenIdMetadata {
  const { issuer } = metadata;
  const expected = expectedIssuer(metadataUrl);
  if (issuer === expected || issuer === `${expected}/`) return metadata;
  // Filled here, once, so that whatever compares the issuer later compares it exactly.
  if (tenantId !== undefined && issuer === expected.replace(sharedTenantPattern, `/${tenantPlaceholder}`)) {
    return { ...metadata, issuer: issuer.replace(tenantPlaceholder, tenantId) };
  }
  const advice = /[{}]/.test(issuer)
    ? "The issuer is a template for many tenants: take the tenant's own metadataUrl, or set 'tenantId'."
    : `metadataUrl stands for the issuer '${expected}'; compare it with the one that the provider names.`;
  throw new ProviderAnswerInvalidError('metadata issuer', {
    hint: `Failed check: metadata issuer. ${advice}`,
  });
}
