import { describe, expect, it } from '@jest/globals';
import { explanationIn, explanationOfCallback } from './providerExplanation.ts';

const json = (body: unknown, headers = {}) => ({
  status: 400,
  headers: { 'content-type': 'application/json', ...headers },
  text: JSON.stringify(body),
});
const of = (type: string, text: string) => ({ status: 400, headers: { 'content-type': type }, text });

describe("a provider's explanation", () => {
  it.each<[string, unknown, string | undefined]>([
    ['an OAuth error', { error: 'invalid_grant', error_description: 'It expired.' }, 'It expired.'],
    [
      'with a page about it',
      { error: 'x', error_description: 'No.', error_uri: 'https://id.example/e' },
      'No. (https://id.example/e)',
    ],
    ['a message', { message: 'Bad credentials' }, 'Bad credentials'],
    ['a message within an error', { error: { code: 400, message: 'No such client' } }, 'No such client'],
    ['a list of errors', { errors: [{ message: 'One' }, { detail: 'Two' }] }, 'One; Two'],
    ['a list of texts', { errors: ['One', 'Two'] }, 'One; Two'],
    [
      'a problem (RFC 9457)',
      { type: 'about:blank', title: 'Bad', detail: 'The client is gone' },
      'The client is gone',
    ],
    ['a problem with a title only', { title: 'Bad request' }, 'Bad request'],
    ['error_message', { error_message: 'Nope' }, 'Nope'],
    ['errorMessage', { errorMessage: 'Nope' }, 'Nope'],
    [
      'errorSummary',
      { errorCode: 'E0000011', errorSummary: 'Invalid token provided' },
      'Invalid token provided',
    ],
    ['Message', { Message: 'Nope' }, 'Nope'],
    ['a fault', { fault: { faultstring: 'Invalid key', detail: { errorcode: 'oauth.v2' } } }, 'Invalid key'],
    ['a sentence as the error', { error: 'the client is not known' }, 'the client is not known'],
    ['a code alone', { error: 'invalid_client' }, undefined],
    [
      'members that are null or empty',
      { error: 'x', error_description: '', message: null, detail: 'So.' },
      'So.',
    ],
    [
      'as AD FS and Entra say it',
      { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.\r\nTimestamp: x' },
      'AADSTS7000215: Invalid client secret. Timestamp: x',
    ],
  ])('is read out of %s', (_title, body, words) => {
    expect(explanationIn(json(body))).toEqual(words);
  });

  it.each<[string, { status: number; headers: Record<string, string>; text: string }, string | undefined]>([
    ['the title of a page', of('text/html', '<html><title> Sign in </title>'), "a page titled 'Sign in'"],
    ['a page without one', of('text/html', '<p>'), 'a page without a title'],
    ['a page that is called JSON', of('application/json', '<h1>502</h1>'), "a page titled '502'"],
    ['a text', of('text/plain', 'upstream gone\n'), 'upstream gone'],
    ['a form', of('application/x-www-form-urlencoded', 'access_token=x'), undefined],
    ['half a JSON', of('application/json', '{"access_token":"x'), undefined],
    [
      'a challenge (RFC 6750)',
      {
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="x", error_description="The \\"key\\" expired"' },
        text: '',
      },
      'The "key" expired',
    ],
  ])('is read out of %s', (_title, response, words) => {
    expect(explanationIn(response)).toBe(words);
  });

  it('can neither break a line nor steer a terminal', () => {
    const message = 'a\r\nb\u0000\u001b[31mc\u202ed\u2028e\ud800f\u200bg\tz';
    expect(explanationIn(json({ message }))).toBe('a b[31mcd efg z');
  });

  it('has at most 300 characters, and no half of a word at its end', () => {
    const words = explanationIn(json({ message: `${'word '.repeat(59)}${'x'.repeat(64)}` })) ?? '';
    expect(words.length).toBeLessThanOrEqual(300);
    expect(words).toMatch(/word…$/);
    expect(explanationIn(json({ message: 'é'.repeat(5000) }))).toHaveLength(300);
    expect(explanationIn(json({ message: 'x'.repeat(5000) }))).toBe('…');
  });

  it('quotes nothing that was sent', () => {
    const basic = Buffer.from('portal:s3cr%2Bt-value').toString('base64');
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'the code',
      code_verifier: 'verifier-value',
      refresh_token: 'rt/1+2==',
      redirect_uri: 'https://portal.example/cb',
    });
    const message = `${basic} s3cr+t-value the code verifier-value rt/1+2== rt%2F1%2B2%3D%3D https://portal.example/cb`;
    const sent = { headers: { authorization: `Basic ${basic}` }, body };
    expect(explanationIn(json({ message }), sent)).toBe('… … … … … … https://portal.example/cb');
    expect(
      explanationIn(json({ message: 'Token abcd-1234 expired' }), {
        headers: { authorization: 'Bearer abcd-1234' },
      }),
    ).toBe('Token … expired');
    expect(
      explanationIn(of('text/plain', JSON.stringify({ c: 'a"b"cd' })), {
        body: new URLSearchParams({ code: 'a"b"cd' }),
      }),
    ).toBe('{"c":"…"}');
  });

  it('quotes no token, whoever it belongs to', () => {
    expect(explanationIn(json({ message: 'No eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln here' }))).toBe(
      'No … here',
    );
  });

  it('of a redirect is its description and its page', () => {
    const parameters = new URLSearchParams({
      error: 'access_denied',
      error_description: 'No\u0007pe',
      error_uri: 'https://id.example/e',
      state: 'secret-state',
    });
    expect(explanationOfCallback(parameters)).toBe('Nope (https://id.example/e)');
    expect(explanationOfCallback(new URLSearchParams({ error: 'access_denied' }))).toBeUndefined();
  });

  it.each([{ a: { b: { c: { d: { message: 'deep' } } } } }, [[[[['deep']]]]], 7, null, 'text', [], {}])(
    'of %j breaks nothing',
    (body) => {
      expect(() => explanationIn(json(body))).not.toThrow();
    },
  );
});
