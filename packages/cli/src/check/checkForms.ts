/** How a report of a check can be printed; the first is what people read. */
export const checkForms = ['text', 'json', 'sarif'] as const;

/** @public */
export type CheckForm = (typeof checkForms)[number];
