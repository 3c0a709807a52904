/** What an error may tell to whom. */
import { describe, expect, it } from '@jest/globals';
import { InputError, ServiceUnavailableError, statusOfError } from './errors.ts';

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

describe('the status of an error', () => {
  it.each([
    [new ServiceUnavailableError('ERR_X', 'x'), 503],
    [Object.assign(new Error('x'), { statusCode: 418 }), 418],
    [Object.assign(new Error('x'), { statusCode: 200 }), 500],
    [Object.assign(new Error('x'), { statusCode: '404' }), 500],
    [Object.assign(new Error('x'), { name: 'NotFoundError' }), 404],
    [{ name: '__proto__' }, 500],
    [{ name: 'constructor' }, 500],
    [undefined, 500],
    ['text', 500],
  ])('of %p is %i', (error, status) => {
    expect(statusOfError(error)).toBe(status);
  });
});
