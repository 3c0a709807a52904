import { describe, expect, it } from '@jest/globals';
import * as errors from './errors.ts';
import * as refusals from './refusalError.ts';

/** A module as another copy of the package has it: under another address it is loaded anew. */
const otherCopy = async <T>(file: string): Promise<T> => (await import(`${file}?copy`)) as T;

describe('what a provider of another copy of this package throws', () => {
  it('is a refusal with its own sentence', async () => {
    const { RefusalError } = await otherCopy<typeof refusals>('./refusalError.ts');
    expect(RefusalError).not.toBe(refusals.RefusalError);
    const error: unknown = new RefusalError('ERR_AUTH_UNAVAILABLE', { sentence: 'Come back at noon.' });
    expect(error instanceof refusals.RefusalError && error.message).toBe('Come back at noon.');
    expect(errors.isProviderError(error)).toBe(false);
  });

  it('says how a call ended', async () => {
    const other = await otherCopy<typeof errors>('./errors.ts');
    const malformed = new other.ProviderAnswerInvalidError('user, id', { isMalformed: true });
    for (const error of [
      new other.ProviderUnavailableError('away'),
      new other.ProviderRefusedError('access_denied'),
      malformed,
      new other.ProviderAnswerUnreadableError({ hint: 'a page' }),
    ])
      expect(errors.isProviderError(error)).toBe(true);
    expect(errors.refreshErrorOf(malformed)).toBeInstanceOf(errors.ProviderAnswerUnreadableError);
    expect(new other.ProviderRefusedError('x')).not.toBeInstanceOf(errors.ProviderUnavailableError);
  });
});
