/** What was added to a backend by itself: the contract apart from its reference, as judges of the config name it too. */

/** A part of a backend, by its id. @public */
export type BackendPart = { readonly plugin: string } | { readonly service: string };

/** Tells whether somebody took care of a part, so that nothing is to be said of its default. @public */
export interface AddedPartsService {
  /** Whether it came by `backend.add(…)`; not where it is a default, or a feature loader brought it. */
  isAdded(part: BackendPart): boolean;
}
