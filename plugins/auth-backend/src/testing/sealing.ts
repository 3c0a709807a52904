import type { SealingService } from '@vestibule/plugin-auth-node';
import { sealingUnder } from '../secrets/sealingService.ts';

/** Sealing under a secret that is known already. */
export function createSealing(secret: string): SealingService {
  return { ...sealingUnder(() => secret), ready: async () => Promise.resolve() };
}
