/** Finds credentials in the config by the names of their keys. */
import type { JsonValue } from '@vestibule/backend-plugin-api';
import { isSensitiveName } from './logFields.ts';

/** Blocks of Backstage's that are called after what they are about, and hold none of it. */
const namesOfFeatures = new Set(['experimentalRefreshToken']);

/**
 * The texts in the config under keys named like credentials. They are redacted from the first line on, also where no
 * schema marks them: in parts that others check, and before the boot has told what the schemas mark.
 */
export function credentialsIn(value: JsonValue | undefined, isNamed = false): string[] {
  if (typeof value === 'string') return isNamed ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => credentialsIn(item, isNamed));
  return Object.entries(value).flatMap(([key, member]) =>
    credentialsIn(member, isNamed || (isSensitiveName(key) && !namesOfFeatures.has(key))),
  );
}
