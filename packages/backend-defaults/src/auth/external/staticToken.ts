/** `type: static`: one token, sent as it stands in the config. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ExternalTokens } from './externalTokens.ts';
import type { StaticAccessOptions } from './externalAccessConfig.ts';

export function createStaticToken({ token, subject }: StaticAccessOptions): ExternalTokens {
  const expected = digest(token);
  return {
    // Digests have one length, and tell nothing by how long they take to differ (CWE-208).
    verify: async (given) => (timingSafeEqual(digest(given), expected) ? subject : undefined),
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
