import { describe, expect, it } from '@jest/globals';
import { RefusalError } from '../errors.ts';
import { refusalOfPage } from './hostedFailure.ts';

describe('what the page of a hosted module says', () => {
  it.each([
    'ERR_USER_NOT_FOUND',
    'ERR_AMBIGUOUS_MATCH',
    'ERR_CATALOG_UNAVAILABLE',
    'ERR_CATALOG_QUERY_UNSAFE',
    'ERR_CATALOG_ANSWER_INVALID',
  ] as const)('is %s again where its resolver was refused with that by our context', (code) => {
    const { message, name } = new RefusalError(code);
    const refusal = refusalOfPage(message);
    expect([refusal.code, refusal.name, refusal.message]).toEqual([code, name, message]);
  });

  it.each([
    ['User lookup resulted in multiple matches', 'ERR_AMBIGUOUS_MATCH'],
    ['Google profile contained no email', 'ERR_PROFILE_NO_EMAIL'],
    ['Authentication failed, invalid_grant (grant request is invalid)', 'ERR_PROVIDER_REFUSED'],
    ['connect ECONNREFUSED 10.0.0.7:8443', 'ERR_RESOLVER_DENIED'],
  ])('%p becomes %s, and its words stay inside', (said, code) => {
    const refusal = refusalOfPage(said);
    expect(refusal.code).toBe(code);
    expect(refusal.message).not.toContain(said);
  });
});
