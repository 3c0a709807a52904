/** Callbacks that belong to another attempt, or say two things at once. */
import { describe, expect, it } from '@jest/globals';
import { readAuthorizationCode } from './authorizationCode.ts';

const read = (query: string) =>
  readAuthorizationCode({ parameters: new URLSearchParams(query), state: 'state-1' });

describe('a callback', () => {
  it('gives its code where the state is that of the attempt', () => {
    expect(read('state=state-1&code=abc')).toBe('abc');
  });

  it.each([
    'state=state-2&code=abc',
    'state=State-1&code=abc',
    'state=&code=abc',
    'code=abc',
    'state=state-1',
    'state=state-1&code=',
    'state=state-1&state=state-2&code=abc',
    'state=state-1&state=state-1&code=abc',
    'state=state-1&code=abc&code=def',
    'state=state-1&code=abc&error=access_denied&error=x',
    'state=state-2&error=access_denied',
  ])('gives none for %s', (query) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'ERR_PROVIDER_ANSWER_INVALID' }));
  });

  it('with an error gives none, whatever code stands beside it', () => {
    expect(() => read('state=state-1&code=abc&error=access_denied')).toThrow(
      expect.objectContaining({ code: 'ERR_PROVIDER_REFUSED', providerError: 'access_denied' }),
    );
    expect(() => read('state=state-1&error=temporarily_unavailable')).toThrow(
      expect.objectContaining({ code: 'ERR_PROVIDER_UNAVAILABLE' }),
    );
  });
});
