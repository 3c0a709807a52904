/**
 * Who may call from outside: `backend.auth.externalAccess`, then the deprecated `backend.auth.keys`, in the order of the
 * config. The first entry that knows the token decides, restrictions included.
 */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import type { RemoteKeySet } from '../remoteKeySet.ts';
import { readAccessRestrictions, type AccessRestrictions } from './accessRestrictions.ts';
import type { AuthServiceConfig } from '../authConfig.ts';
import type { ExternalAccessConfig } from './externalAccessConfig.ts';
import { createJwksTokens } from './jwksTokens.ts';
import { createLegacyTokens } from './legacyTokens.ts';
import { createStaticToken } from './staticToken.ts';
import { isWeakSecret } from './weakSecrets.ts';

// What Backstage calls the callers of its deprecated keys.
const legacyKeySubject = 'external:backstage-plugin';

/** The tokens of one entry. */
export interface ExternalTokens {
  /**
   * The caller's subject; `undefined` for a token that this entry does not accept.
   *
   * @throws `ERR_TOKEN_KEYS_UNAVAILABLE` when the token may be good and the keys to judge it cannot be read.
   */
  verify(token: string): Promise<string | undefined>;
}

/** A caller whose token was verified. */
export interface ExternalService {
  subject: string;
  /** Which plugins it may call; `undefined` means all. */
  restrictions: AccessRestrictions | undefined;
}

export interface ExternalAccess {
  /** `undefined` when no entry accepts the token. @throws `ERR_TOKEN_KEYS_UNAVAILABLE`. */
  verify(token: string): Promise<ExternalService | undefined>;
}

export function createExternalAccess(options: {
  config: AuthServiceConfig;
  keySetAt(url: string): RemoteKeySet;
  logger: LoggerService;
  now(): number;
}): ExternalAccess {
  const { config, keySetAt, logger, now } = options;
  const { externalAccess = [], keys = [] } = config;
  const entries: { tokens: ExternalTokens; restrictions: AccessRestrictions | undefined }[] = [
    ...externalAccess.map((entry) => ({
      tokens: tokensOf(entry),
      restrictions: readAccessRestrictions(entry.accessRestrictions),
    })),
    ...keys.map(({ secret, accessRestrictions }) => ({
      tokens: createLegacyTokens({ secret, subject: legacyKeySubject }, now),
      restrictions: readAccessRestrictions(accessRestrictions),
    })),
  ];
  for (const warning of warningsAbout(config)) logger.warn(warning);

  return {
    async verify(token) {
      let unavailable: Error | undefined;
      for (const { tokens, restrictions } of entries) {
        try {
          const subject = await tokens.verify(token);
          if (subject !== undefined) return { subject, restrictions };
        } catch (error) {
          // Another entry may know the token.
          unavailable ??= error as Error;
        }
      }
      if (unavailable) throw unavailable;
      return undefined;
    },
  };

  function tokensOf(entry: ExternalAccessConfig): ExternalTokens {
    switch (entry.type) {
      case 'static':
        return createStaticToken(entry.options);
      case 'legacy':
        return createLegacyTokens(entry.options, now);
      case 'jwks':
        return createJwksTokens(entry.options, keySetAt(entry.options.url), now);
    }
  }
}

/** What an operator should know of a config that is accepted. */
function warningsAbout({ externalAccess = [], keys = [] }: AuthServiceConfig): string[] {
  const warnings = externalAccess.flatMap((entry, index) => {
    const name = `backend.auth.externalAccess[${index}].options`;
    if (entry.type === 'jwks') {
      const { url, issuer, audience } = entry.options;
      if (issuer !== undefined || audience !== undefined) return [];
      return `${name} names neither issuer nor audience: every token that ${url} verifies is accepted, for whomever it was made`;
    }
    const [key, value] =
      entry.type === 'static' ? ['token', entry.options.token] : ['secret', entry.options.secret];
    return isWeakSecret(value) ? [`${name}.${key} is weak; in production it would be refused`] : [];
  });
  if (keys.length > 0) {
    warnings.push(
      "backend.auth.keys is deprecated; list the secrets under backend.auth.externalAccess with type 'legacy'",
    );
  }
  keys.forEach(({ secret }, index) => {
    if (isWeakSecret(secret))
      warnings.push(`backend.auth.keys[${index}].secret is weak; in production it would be refused`);
  });
  return warnings;
}
