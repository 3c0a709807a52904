/** What is said at every start of settings that something else overrules. */
import { expect, it } from '@jest/globals';
import { warnAtStart } from './startWarnings.ts';
import { silentLogger } from './testing/silentLogger.ts';

it('names a depth of ownership that nothing asks for', () => {
  const said = (mode: 'direct' | 'transitive', maxDepth: number): string[] => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    warnAtStart(logger, { ownership: { mode, maxDepth } }, { hasOwnershipResolver: false });
    return warnings;
  };
  expect(said('direct', 3)).toEqual(["auth.ownership.maxDepth has no effect without 'mode: transitive'"]);
  expect([...said('transitive', 3), ...said('direct', 10)]).toEqual([]);
});
