import { describe, expect, it } from '@jest/globals';
import { createConfig } from '@vestibule/backend-defaults';
import { reportingOf } from './startReports.ts';

describe('the command', () => {
  it.each([
    ['json', false, true, { isJson: true, isText: false }],
    ['text', true, false, { isJson: false, isText: true }],
    [undefined, true, false, { isJson: true, isText: true }],
    [undefined, true, true, { isJson: false, isText: true }],
    [undefined, false, false, { isJson: false, isText: true }],
  ])(
    'reports as backend.logger.format %j, production %j, a terminal %j ask for',
    (format, isProduction, isTerminal, reporting) => {
      const config = createConfig({ backend: { ...(format && { logger: { format } }) } });
      expect(reportingOf({ config, isProduction }, isTerminal)).toEqual(reporting);
      expect(reportingOf({ config: undefined, isProduction: true }, true)).toEqual({
        isJson: false,
        isText: true,
      });
    },
  );
});
