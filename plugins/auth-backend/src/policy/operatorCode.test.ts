import { describe, expect, it } from '@jest/globals';
import { NotAllowedError, ServiceUnavailableError } from '@vestibule/backend-plugin-api';
import { CatalogUnavailableError } from '@vestibule/plugin-catalog-node';
import { isOutage } from './resolveIdentity.ts';
import { refusalOfThrown } from './operatorCode.ts';

const named = (name: string, rest: object = {}) => Object.assign(new Error('x'), { name, ...rest });

describe('an error that a resolver throws', () => {
  it.each<[string, unknown]>([
    ['an error', new Error('not from acme.org')],
    ['NotAllowedError', new NotAllowedError('ERR_ACME_NO', 'no')],
    ['an AuthenticationError of another package', named('AuthenticationError')],
    ['an error of a class of its own', named('LeftTheCompanyError')],
    ['an error with a code of its own', named('Error', { code: 'LEFT', status: 403 })],
  ])('is a no, which ends a session: %s', (_, error) => {
    const refusal = refusalOfThrown(error, 'ERR_RESOLVER_DENIED');
    expect(refusal).toMatchObject({ code: 'ERR_RESOLVER_DENIED', statusCode: 403, cause: error });
    expect(isOutage(refusal)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['TypeError', new TypeError('fetch failed')],
    ['ReferenceError', new ReferenceError('x is not defined')],
    ['RangeError', new RangeError('Maximum call stack size exceeded')],
    ['SyntaxError', new SyntaxError('Unexpected token <')],
    ['a refused connection', named('Error', { code: 'ECONNREFUSED', syscall: 'connect' })],
    ['a name that did not resolve', named('Error', { code: 'EAI_AGAIN' })],
    ["a timeout of Node's client", named('HeadersTimeoutError', { code: 'UND_ERR_HEADERS_TIMEOUT' })],
    ['an abort', named('AbortError')],
    ['a service that is away', new ServiceUnavailableError('ERR_ACME_DOWN', 'down')],
    ['an answer with 502', named('ResponseError', { statusCode: 502 })],
    ['a text', 'no'],
    ['nothing', undefined],
  ])('is a fault, which ends no session: %s', (_, error) => {
    const refusal = refusalOfThrown(error, 'ERR_RESOLVER_DENIED');
    expect(refusal).toMatchObject({ code: 'ERR_RESOLVER_FAILED', statusCode: 500, cause: error });
    expect(isOutage(refusal)).toBe(true);
  });

  it('stays what it is where its code is of the closed list', () => {
    const away = refusalOfThrown(new CatalogUnavailableError('away'), 'ERR_RESOLVER_DENIED');
    expect(away).toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
    const gate = refusalOfThrown(new NotAllowedError('ERR_GATE_DOMAIN', 'not x.org'), 'ERR_PROFILE_DENIED');
    expect(gate).toMatchObject({ code: 'ERR_GATE_DOMAIN', hint: 'not x.org' });
  });
});
