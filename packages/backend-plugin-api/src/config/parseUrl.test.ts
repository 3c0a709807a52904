import { expect, it } from '@jest/globals';
import { parseUrl } from './parseUrl.ts';

it.each(['', 'example.com', '/path', 'https://', 'http://a b/'])('is nothing for %j', (text) => {
  expect(parseUrl(text)).toBeUndefined();
});

it('reads letters beyond ASCII as well after many calls as at the first', () => {
  const hosts = new Set<string | undefined>();
  for (let count = 0; count < 20_000; count += 1) hosts.add(parseUrl('https://bücher.example/*')?.host);
  expect([...hosts]).toEqual(['xn--bcher-kva.example']);
});
