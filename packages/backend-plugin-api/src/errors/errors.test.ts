import { describe, expect, it } from '@jest/globals';
import { ServiceUnavailableError, statusOfError } from './errors.ts';

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
