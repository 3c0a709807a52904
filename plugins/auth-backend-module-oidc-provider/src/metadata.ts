/**
 * The provider's metadata (OpenID Connect Discovery 1.0): read when it is first needed, kept for an hour, then read again
 * in the background. Start-up never depends on it.
 */
import type { OutboundHttp } from '@vestibule/outbound-http';
import {
  createLastGoodCopy,
  isHttpsOrLoopback,
  ProviderAnswerInvalidError,
  readProviderDocument,
  type LastGoodCopy,
} from '@vestibule/plugin-auth-node';
import { z } from 'zod';

const maxAgeMilliseconds = 3_600_000;
const discoveryPath = '/.well-known/openid-configuration';

// A lying document must not lead tokens or people over plain http.
const endpointSchema = z.string().refine((text) => URL.canParse(text) && isHttpsOrLoopback(new URL(text)), {
  error: 'is no https URL',
});

const metadataSchema = z.object({
  issuer: z.string().min(1),
  authorization_endpoint: endpointSchema,
  token_endpoint: endpointSchema,
  jwks_uri: endpointSchema,
  userinfo_endpoint: endpointSchema,
  revocation_endpoint: endpointSchema.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** The part of the metadata that is used. */
export type OidcMetadata = z.infer<typeof metadataSchema>;

/** Creates the source of a provider's metadata. It throws `ERR_PROVIDER_ANSWER_INVALID` where a check fails. */
export function createMetadataSource(options: {
  metadataUrl: string;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  now(): number;
}): LastGoodCopy<OidcMetadata> {
  const { metadataUrl, http, timeoutMilliseconds, now } = options;
  return createLastGoodCopy({
    maxAgeMilliseconds,
    now,
    async read() {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const url = documentUrl(metadataUrl);
      return checkMetadata(
        await readProviderDocument(url, { http, signal, timeoutMilliseconds }),
        metadataUrl,
      );
    },
  });
}

/** `metadataUrl` may also name the issuer alone, as Backstage allows. */
function documentUrl(metadataUrl: string): string {
  const url = new URL(metadataUrl);
  if (!url.pathname.endsWith(discoveryPath)) url.pathname = url.pathname.replace(/\/$/, '') + discoveryPath;
  return url.href;
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

function checkMetadata(document: Record<string, unknown>, metadataUrl: string): OidcMetadata {
  const parsed = metadataSchema.safeParse(document);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new ProviderAnswerInvalidError('metadata', {
      hint: `Wrong in the provider's metadata: ${names.join('; ')}.`,
    });
  }
  const { issuer } = parsed.data;
  const expected = expectedIssuer(metadataUrl);
  // Section 4.3 of Discovery: otherwise one provider's metadata could speak for another (mix-up, RFC 9700 section 4.4).
  if (issuer !== expected && issuer !== `${expected}/`) {
    const advice = /[{}]/.test(issuer)
      ? "The issuer is a template for many tenants: take the tenant's own metadataUrl."
      : `metadataUrl stands for the issuer '${expected}'; compare it with the one that the provider names.`;
    throw new ProviderAnswerInvalidError('metadata issuer', {
      hint: `Failed check: metadata issuer. ${advice}`,
    });
  }
  return parsed.data;
}
