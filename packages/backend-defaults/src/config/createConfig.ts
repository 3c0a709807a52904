/** Config of plain values, without files or environment. */
import type { JsonObject, LocatedConfig } from '@vestibule/backend-plugin-api';
import { createConfigReader } from './configReader.ts';
import { treeOf } from './configTree.ts';

/**
 * Serves plain values through the Config interface, for tests and for programs that have a part of a config in hand.
 *
 * @example
 * ```ts
 * createConfig({ backend: { baseUrl: 'http://localhost:7007' } }).getString('backend.baseUrl');
 * ```
 * @public
 */
export function createConfig(data: JsonObject): LocatedConfig {
  return createConfigReader(treeOf(data), 'data');
}
