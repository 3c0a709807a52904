/** In which forms `vestibule keys` tells of keys. The first is what people read. */
export const keysForms = ['text', 'json'] as const;

/** One of them. */
export type KeysForm = (typeof keysForms)[number];
