/** What an error may tell to whom. */
import { describe, expect, it } from '@jest/globals';
import { InputError } from './errors.ts';

describe('an error that a host copies to the client', () => {
  it('carries its name, code and sentence, and neither hint nor cause', () => {
    const error = new InputError('ERR_ACME', 'That is wrong.', {
      hint: 'the operator',
      cause: new Error('a secret'),
    });
    expect({ ...error }).toEqual({ name: 'InputError', code: 'ERR_ACME' });
    expect(JSON.stringify(error)).not.toMatch(/operator|secret/);
    expect([error.message, error.hint]).toEqual(['That is wrong.', 'the operator']);
  });
});
