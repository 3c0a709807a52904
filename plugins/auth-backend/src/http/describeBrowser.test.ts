import { describe, expect, it } from '@jest/globals';
import { describeBrowser } from './describeBrowser.ts';

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/';

describe('a browser is described', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [`${mac}537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36`, 'Chrome on macOS'],
    [`${mac}605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`, 'Safari on macOS'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) Acme/1.0', 'a browser on Windows'],
  ])('%s', (userAgent, description) => {
    expect(describeBrowser(userAgent)).toBe(description);
  });

  it('in words of ours alone, whatever it says of itself', () => {
    for (const nothing of [
      undefined,
      '',
      'curl/8.5.0',
      '<script>alert(1)</script>',
      '\u001b[31m',
      'x'.repeat(9000),
    ])
      expect(describeBrowser(nothing)).toBeUndefined();
    expect(describeBrowser('Firefox/1 <b>Linux</b>\r\nSet-Cookie: a=b')).toBe('Firefox on Linux');
    expect(describeBrowser(`${'x'.repeat(600)} Firefox/1`)).toBeUndefined();
  });
});
