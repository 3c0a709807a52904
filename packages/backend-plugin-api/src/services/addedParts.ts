/** The service `vestibule.addedParts`: what was added to the backend by itself, rather than being a default. */
import { createServiceFactory } from '../features/serviceFactory.ts';
import { createServiceRef } from '../features/serviceRef.ts';

/** A part of a backend, by its id. @public */
export type BackendPart = { readonly plugin: string } | { readonly service: string };

/** Tells whether somebody took care of a part, so that nothing is to be said of its default. @public */
export interface AddedPartsService {
  /** Whether it came by `backend.add(…)`; not where it is a default, or a feature loader brought it. */
  isAdded(part: BackendPart): boolean;
}

/** Belongs to the boot. On another host nobody knows, and every part counts as added. @public */
export const addedPartsServiceRef = createServiceRef<AddedPartsService>({
  id: 'vestibule.addedParts',
  scope: 'root',
  defaultFactory: async (service) =>
    createServiceFactory({ service, deps: {}, factory: () => ({ isAdded: () => true }) }),
});
