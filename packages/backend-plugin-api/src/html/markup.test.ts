import { describe, expect, it } from '@jest/globals';
import { jsonInHtml, markup } from './markup.ts';

describe('markup', () => {
  it('escapes whatever is interpolated, in text and in attributes', () => {
    const evil = `"><script>alert('x')</script>&`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;';
    expect(markup`<p title="${evil}">${evil}</p>`.toString()).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('keeps its own HTML, joins lists, and leaves out what is absent', () => {
    const items = ['a', '<b>'].map((text) => markup`<li>${text}</li>`);
    const list = markup`<ul>${items}</ul>${undefined}${false}${0}`;
    expect(list.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0');
  });
});

describe('jsonInHtml', () => {
  it('cannot end its script element, and is still the same JSON', () => {
    const value = { evil: '</script><!--\u2028&' };
    const text = jsonInHtml(value).toString();
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
