import { describe, expect, it } from '@jest/globals';
import { RefusalError } from '@vestibule/plugin-auth-node';
import { createRequestEvidence, type RequestEvidence } from './evidence.ts';
import { refusalOfHandler, refusalOfPage } from './failure.ts';

const { passed, failed } = {
  passed: async (evidence: RequestEvidence) => evidence.ask(async () => Promise.resolve()),
  failed: async (evidence: RequestEvidence, error: Error) =>
    evidence.ask(async () => Promise.reject(error)).catch(() => undefined),
};
const said = (message: string, name = 'Error') => ({ name, message });
const page = (evidence: RequestEvidence, words: { name: string; message: string }, providerError?: string) =>
  refusalOfPage(words, { evidence, providerError });

describe('what the page of a hosted module says', () => {
  it.each([
    'ERR_USER_NOT_FOUND',
    'ERR_AMBIGUOUS_MATCH',
    'ERR_CATALOG_UNAVAILABLE',
    'ERR_CATALOG_REFUSED',
    'ERR_CATALOG_QUERY_UNSAFE',
    'ERR_CATALOG_ANSWER_INVALID',
    'ERR_IDENTITY_REF_INVALID',
    'ERR_IDENTITY_REF_UNSAFE',
    'ERR_TOKEN_TOO_LARGE',
  ] as const)('is %s where our context threw that, and only there', async (code) => {
    const evidence = createRequestEvidence();
    const ours = new RefusalError(code, { hint: 'for the operator' });
    await failed(evidence, ours);
    expect(page(evidence, said(ours.message, ours.name))).toBe(ours);
    // Another login, to which nothing of the kind happened.
    const { code: guessed } = page(createRequestEvidence(), said(ours.message, 'Error'));
    expect(guessed).toBe('ERR_RESOLVER_DENIED');
  });

  it.each([
    'The catalog of this portal cannot be reached right now. Please try again in a moment.',
    'User not found in the list of employees',
    'User lookup resulted in multiple matches',
    'Login failed, user profile does not contain an email',
    'Authentication failed, for the fun of it',
    'connect ECONNREFUSED 10.0.0.7:8443',
  ])('%j decides nothing by itself, and is kept for the operator', (message) => {
    const refusal = page(createRequestEvidence(), said(message));
    expect(refusal).toMatchObject({ code: 'ERR_RESOLVER_DENIED', cause: { message } });
    expect(refusal.message).not.toContain(message);
  });

  it.each([
    [new RefusalError('ERR_CATALOG_UNAVAILABLE'), 'Error', 'ERR_CATALOG_UNAVAILABLE'],
    [new RefusalError('ERR_CATALOG_UNAVAILABLE'), 'NotAllowedError', 'ERR_CATALOG_UNAVAILABLE'],
    [new RefusalError('ERR_AMBIGUOUS_MATCH'), 'Error', 'ERR_AMBIGUOUS_MATCH'],
    [new RefusalError('ERR_USER_NOT_FOUND'), 'Error', 'ERR_RESOLVER_NO_MATCH'],
    [new RefusalError('ERR_USER_NOT_FOUND'), 'NotAllowedError', 'ERR_RESOLVER_DENIED'],
    [new RefusalError('ERR_USER_NOT_FOUND'), 'TypeError', 'ERR_RESOLVER_FAILED'],
  ])('for %s, which the module caught to throw a %s of its own, is %s', async (ours, name, code) => {
    const evidence = createRequestEvidence();
    await failed(evidence, ours);
    expect(page(evidence, said('ask the help desk', name))).toMatchObject({
      code,
      cause: { message: 'ask the help desk', cause: ours },
    });
  });

  it('is the word of the module where what we were asked for afterwards went well', async () => {
    const evidence = createRequestEvidence();
    await failed(evidence, new RefusalError('ERR_CATALOG_UNAVAILABLE'));
    await passed(evidence);
    expect(page(evidence, said('not on Sundays')).code).toBe('ERR_RESOLVER_DENIED');
  });

  it('is ours where of two questions at once the other went well', async () => {
    const evidence = createRequestEvidence();
    let answer: () => void = () => undefined;
    const slow = evidence.ask(async () => new Promise<void>((resolve) => (answer = resolve)));
    await failed(evidence, new RefusalError('ERR_CATALOG_UNAVAILABLE'));
    answer();
    await slow;
    expect(page(evidence, said('failed')).code).toBe('ERR_CATALOG_UNAVAILABLE');
  });

  it.each([
    [{ host: 'idp.example' }, 'ERR_PROVIDER_UNAVAILABLE', 'to idp.example, got no answer'],
    [{ host: 'idp.example', status: 503 }, 'ERR_PROVIDER_UNAVAILABLE', 'answered with 503'],
    [{ host: 'idp.example', status: 400 }, 'ERR_PROVIDER_REFUSED', 'answered with 400'],
  ])('after the call %j is %s', (call, code, hint) => {
    const evidence = createRequestEvidence();
    evidence.noteCall(call);
    expect(page(evidence, said('fetch failed', 'TypeError'))).toMatchObject({
      code,
      hint: expect.stringContaining(hint),
    });
    expect(page(evidence, said('no', 'NotAllowedError')).code).toBe('ERR_RESOLVER_DENIED');
  });

  it('has to do with no call that was made before the resolver asked', async () => {
    const evidence = createRequestEvidence();
    evidence.noteCall({ host: 'idp.example', status: 500 });
    await passed(evidence);
    expect(page(evidence, said('no')).code).toBe('ERR_RESOLVER_DENIED');
  });

  it("is the provider's refusal where the provider sent one back", () => {
    const refusal = page(createRequestEvidence(), said('rejected'), 'access_denied');
    expect(refusal).toMatchObject({
      code: 'ERR_PROVIDER_REFUSED',
      cause: { providerError: 'access_denied' },
    });
  });
});

describe('what a handler of a hosted module throws', () => {
  const wrapped = (cause: unknown) => new Error('Refresh failed', { cause });

  it('is ours, where it is inside, and where it was thrown for ours', async () => {
    const evidence = createRequestEvidence();
    const ours = new RefusalError('ERR_CATALOG_UNAVAILABLE');
    await failed(evidence, ours);
    for (const failure of [ours, wrapped(ours), wrapped(new Error('other words')), new Error('none')]) {
      expect(refusalOfHandler(failure, evidence).code).toBe('ERR_CATALOG_UNAVAILABLE');
    }
  });

  it.each([
    [wrapped(Object.assign(new Error('x'), { error: 'invalid_grant' })), 'ERR_AUTH_SESSION_ENDED'],
    [wrapped(Object.assign(new Error('no'), { name: 'NotAllowedError' })), 'ERR_RESOLVER_DENIED'],
    [wrapped(new Error('boom')), 'ERR_PROVIDER_UNAVAILABLE'],
    [null, 'ERR_PROVIDER_UNAVAILABLE'],
  ])('%s is %s', (failure, code) => {
    expect(refusalOfHandler(failure, createRequestEvidence()).code).toBe(code);
  });

  it('of a proxy is its word, unless its call failed', () => {
    const evidence = createRequestEvidence();
    expect(refusalOfHandler(new Error('no'), evidence, { isWord: true })).toMatchObject({
      code: 'ERR_RESOLVER_DENIED',
      cause: { message: 'no' },
    });
    evidence.noteCall({ host: 'keys.example' });
    expect(refusalOfHandler(new Error('no'), evidence, { isWord: true }).code).toBe(
      'ERR_PROVIDER_UNAVAILABLE',
    );
  });
});
