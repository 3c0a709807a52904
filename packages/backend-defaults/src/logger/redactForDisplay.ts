/** The log's redaction for text of several lines that is shown to the operator without being logged. */
import { asObject, credentialsIn, type Config } from '@vestibule/backend-plugin-api';
import { printable } from './printable.ts';
import { createTextRedactor } from './sensitiveText.ts';

/**
 * The text without whatever looks like a credential, without the values of the config's keys that are named like one,
 * and without control characters other than line breaks.
 *
 * @public
 */
export function redactForDisplay(text: string, config?: Config): string {
  const redactor = createTextRedactor({
    allowed: config ? allowedIn(config) : [],
    config: config?.getOptional(),
  });
  if (config) redactor.add(credentialsIn(config.getOptional()));
  return redactor.redact(text).split('\n').map(printable).join('\n');
}

/** `backend.logger.redactAllowlist` of a config that may be wrong in any way. */
function allowedIn(config: Config): string[] {
  let value: unknown = config.getOptional<unknown>();
  for (const key of ['backend', 'logger', 'redactAllowlist']) {
    value = asObject(value)[key];
  }
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
