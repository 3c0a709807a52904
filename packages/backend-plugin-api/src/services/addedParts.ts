/** The service `vestibule.addedParts`: what was added to the backend by itself, rather than being a default. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';
import type { AddedPartsService } from './addedPartsService.ts';

/** Belongs to the boot. On another host nobody knows, and every part counts as added. @public */
export const addedPartsServiceRef = createServiceRef<AddedPartsService>({
  id: 'vestibule.addedParts',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => ({ isAdded: () => true }) }),
});
