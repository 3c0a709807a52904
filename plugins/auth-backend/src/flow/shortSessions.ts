/** Sessions that end with their access token, because the provider gave no refresh token, are warned of once. */
import type { LoggerService } from '@vestibule/backend-plugin-api';

/** Says once of each provider that its sessions are short. */
export interface ShortSessions {
  warn(name: string, seconds: number | undefined, advice: string): void;
}

export function createShortSessions(logger: LoggerService): ShortSessions {
  const warned = new Set<string>();
  return {
    warn(name, seconds, advice) {
      if (warned.has(name)) return;
      warned.add(name);
      const lasting = seconds === undefined ? '' : `, after ${seconds} s`;
      logger.warn(
        `sessions of ${name} end with their access token${lasting}: the provider gave no refresh token. ${advice}`,
      );
    },
  };
}
