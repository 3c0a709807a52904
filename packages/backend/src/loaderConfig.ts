/** Schemas of the keys by which the loaders decide, checked before they run. */
import type { ConfigSchema, StandardIssue } from '@vestibule/backend-plugin-api';

/**
 * An object at a root key of the config, of which one key decides. `others` may stand beside it, and are checked by whoever
 * the loader brings.
 */
export function rootKeySchema(
  root: string,
  key: string,
  described: { readonly type: 'string' | 'boolean'; readonly fault: string },
  others: readonly string[] = [],
): ConfigSchema {
  return {
    '~standard': {
      version: 1,
      vendor: 'vestibule',
      validate(config) {
        const issues = issuesOf((config as Record<string, unknown> | undefined)?.[root]);
        return issues.length === 0 ? { value: config } : { issues };
      },
      jsonSchema: {
        input: () => ({
          type: 'object',
          properties: {
            [root]: {
              type: 'object',
              properties: {
                [key]: { type: described.type },
                ...Object.fromEntries(others.map((other) => [other, {}])),
              },
            },
          },
        }),
      },
    },
  };

  function issuesOf(value: unknown): StandardIssue[] {
    if (value === undefined || value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value))
      return [{ message: 'must be an object', path: [root] }];
    const given = (value as Record<string, unknown>)[key];
    const fits = given === undefined || given === null || (typeof given === described.type && given !== '');
    return fits ? [] : [{ message: described.fault, path: [root, key] }];
  }
}
