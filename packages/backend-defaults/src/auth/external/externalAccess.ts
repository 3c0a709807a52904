/**
 * Who may call from outside: `backend.auth.externalAccess`, then the deprecated `backend.auth.keys`, in the order of the
 * config. The first entry that knows the token decides, restrictions included.
 */
import type { ClockService, Config, LoggerService } from '@vestibule/backend-plugin-api';
import type { RemoteKeySet } from '../remoteKeySet.ts';
import { readAccessRestrictions, type AccessRestrictions } from './accessRestrictions.ts';
import { createAddedTokens, type AddedHandlers } from './addedTokens.ts';
import type { AuthServiceConfig } from '../authConfig.ts';
import type { ExternalAccessConfig } from './externalAccessConfig.ts';
import type { ExternalTokens } from './externalTokens.ts';
import { createJwksTokens } from './jwksTokens.ts';
import { createLegacyTokens } from './legacyTokens.ts';
import { createStaticToken } from './staticToken.ts';
import { externalSecretWeakness } from './weakSecrets.ts';

// What Backstage calls the callers of its deprecated keys.
const legacyKeySubject = 'external:backstage-plugin';

/** A caller whose token was verified. */
export interface ExternalService {
  subject: string;
  /** Which plugins it may call; `undefined` means all. */
  restrictions: AccessRestrictions | undefined;
}

export interface ExternalAccess {
  /**
   * `undefined` when no entry accepts the token.
   *
   * @throws `ERR_TOKEN_KEYS_UNAVAILABLE`, `ERR_EXTERNAL_HANDLER_TIMEOUT`.
   */
  verify(token: string): Promise<ExternalService | undefined>;
}

/** The entries of one backend. What verifies tokens here is shared by all its plugins. */
export interface ExternalEntries {
  /**
   * What one plugin goes by: the handlers that were added are its own.
   *
   * @throws ConfigError where an entry names a type that no handler has, or a handler refuses its entry.
   */
  forPlugin(options: { handlers: AddedHandlers; config: Config; logger: LoggerService }): ExternalAccess;
}

interface Entry {
  tokens: ExternalTokens;
  restrictions: AccessRestrictions | undefined;
}

export function createExternalEntries(options: {
  config: AuthServiceConfig;
  keySetAt(url: string): RemoteKeySet;
  logger: LoggerService;
  clock: ClockService;
}): ExternalEntries {
  const { config, keySetAt, logger, clock } = options;
  const { externalAccess = [], keys = [] } = config;
  const listed = externalAccess.map((entry) => ({
    own: entry.type === 'added' ? undefined : tokensOf(entry),
    type: entry.type === 'added' ? entry.handler : entry.type,
    restrictions: readAccessRestrictions(entry.accessRestrictions),
  }));
  const deprecated = keys.map(({ secret, accessRestrictions }) => ({
    tokens: createLegacyTokens({ secret, subject: legacyKeySubject }, clock),
    restrictions: readAccessRestrictions(accessRestrictions),
  }));
  for (const warning of warningsAbout(config)) logger.warn(warning);

  return {
    forPlugin: (plugin) =>
      createExternalAccess([
        ...listed.map(({ own, type, restrictions }, index) => ({
          tokens: own ?? createAddedTokens({ ...plugin, type, index }),
          restrictions,
        })),
        ...deprecated,
      ]),
  };

  function tokensOf(entry: Exclude<ExternalAccessConfig, { type: 'added' }>): ExternalTokens {
    switch (entry.type) {
      case 'static':
        return createStaticToken(entry.options);
      case 'legacy':
        return createLegacyTokens(entry.options, clock);
      case 'jwks':
        return createJwksTokens(entry.options, keySetAt(entry.options.url), clock);
    }
  }
}

function createExternalAccess(entries: readonly Entry[]): ExternalAccess {
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
    if (entry.type === 'added') return [];
    const [key, value] =
      entry.type === 'static' ? ['token', entry.options.token] : ['secret', entry.options.secret];
    return externalSecretWeakness(value) !== undefined
      ? [`${name}.${key} is weak; in production it would be refused`]
      : [];
  });
  if (keys.length > 0) {
    warnings.push(
      "backend.auth.keys is deprecated; list the secrets under backend.auth.externalAccess with type 'legacy'",
    );
  }
  keys.forEach(({ secret }, index) => {
    if (externalSecretWeakness(secret) !== undefined)
      warnings.push(`backend.auth.keys[${index}].secret is weak; in production it would be refused`);
  });
  return warnings;
}
