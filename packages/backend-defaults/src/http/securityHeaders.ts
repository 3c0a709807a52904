/**
 * The security headers of every answer: those that helmet sends by default, as Backstage configures it. Handlers may
 * replace or remove each of them.
 *
 * One difference: `Strict-Transport-Security` and `upgrade-insecure-requests` are sent only where `backend.baseUrl` is
 * https. Over plain http on loopback they would make browsers ask for https addresses that nobody serves.
 */
import type { HttpConfig } from './httpConfig.ts';

const defaultPolicy: Record<string, readonly string[]> = {
  'default-src': ["'self'"],
  'base-uri': ["'self'"],
  'font-src': ["'self'", 'https:', 'data:'],
  'frame-ancestors': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'script-src': ["'self'", "'unsafe-eval'"],
  'script-src-attr': ["'none'"],
  'style-src': ["'self'", 'https:', "'unsafe-inline'"],
};

/**
 * The headers, ready to be set.
 *
 * @param isHttps - Whether browsers reach the backend over https.
 */
export function securityHeaders(
  { csp, referrer }: HttpConfig,
  isHttps: boolean,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['Content-Security-Policy', contentSecurityPolicy(csp ?? {}, isHttps)],
    ['Referrer-Policy', referrer?.policy.join(',') ?? 'no-referrer'],
    ...(isHttps ? [['Strict-Transport-Security', 'max-age=15552000; includeSubDomains'] as const] : []),
    ['X-Content-Type-Options', 'nosniff'],
    ['X-DNS-Prefetch-Control', 'off'],
    ['X-Download-Options', 'noopen'],
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['X-Permitted-Cross-Domain-Policies', 'none'],
    ['X-XSS-Protection', '0'],
  ];
}

function contentSecurityPolicy(configured: NonNullable<HttpConfig['csp']>, isHttps: boolean): string {
  const policy = new Map<string, readonly string[] | false>(Object.entries(defaultPolicy));
  if (isHttps) policy.set('upgrade-insecure-requests', []);
  for (const [directive, sources] of Object.entries(configured)) policy.set(kebabCase(directive), sources);
  return [...policy]
    .flatMap(([directive, sources]) => (sources === false ? [] : [[directive, ...sources].join(' ')]))
    .join(';');
}

/** `scriptSrc` and `script-src` name the same directive. */
function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
