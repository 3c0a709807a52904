/** JSON Schemas (2020-12) for the OpenAPI document. Those of objects are held to the types that they describe by the compiler. */

/** The names of the members of a type that may be absent. @public */
export type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];

/**
 * The parts that schemas are made of.
 *
 * @example
 * ```ts
 * apiSchema.object<{ id: string; title?: string }>({ id: apiSchema.text('For programs.') }, { title: apiSchema.text('For people.') });
 * ```
 * @public
 */
export const apiSchema = {
  /** What type `T` requires and what it allows, each exactly. */
  object: <T extends object>(
    required: { readonly [K in Exclude<keyof T, OptionalKeys<T>>]-?: object },
    optional: { readonly [K in OptionalKeys<T>]-?: object },
  ) => ({
    type: 'object',
    ...(Object.keys(required).length > 0 && { required: Object.keys(required) }),
    properties: { ...required, ...optional } as Record<string, object>,
  }),
  list: (items: object) => ({ type: 'array', items }),
  text: (description: string) => ({ type: 'string', description }),
  url: (description: string) => ({ type: 'string', format: 'uri', description }),
  number: (description: string) => ({ type: 'number', description }),
  flag: (description: string) => ({ type: 'boolean', description }),
  /** One of these texts. */
  oneOf: (...values: readonly string[]) => ({ type: 'string', enum: values }),
  /** A component, by its name. */
  ref: (name: string) => ({ $ref: `#/components/schemas/${name}` }),
};
