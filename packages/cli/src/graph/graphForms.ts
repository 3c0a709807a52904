/** The forms in which a graph is shown; the first is the default. */
export const graphForms = ['text', 'json', 'mermaid', 'html'] as const;

/** @public */
export type GraphForm = (typeof graphForms)[number];
