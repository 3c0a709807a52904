import { expect, it } from '@jest/globals';
import { factsOf } from './facts.ts';
import { renderTemplate } from './renderTemplate.ts';

const facts = factsOf({ purpose: 'portal', providers: ['oidc'], database: 'sqlite' }, false);
const render = (lines: string[]) =>
  renderTemplate(lines.join('\n'), { facts, values: { PROJECT: 'my-portal' } });

it('keeps what holds, in the comments of each language, and nests', () => {
  expect(
    render([
      'a __PROJECT__',
      '  # when: google or oidc',
      'b',
      '    // when: google',
      'c',
      '    // end',
      '<!-- when: sqlite -->',
      'd',
      '<!-- end -->',
      '  # end',
      '# the end',
    ]),
  ).toBe('a my-portal\nb\nd\n# the end');
});

it.each([
  [['# when: okta', '# end'], "no fact is called 'okta'"],
  [['# when: oidc'], "a 'when' without its 'end'"],
  [['# end'], "an 'end' without its 'when'"],
  [['__NOTHING__'], 'no value is called NOTHING'],
])('refuses %j', (lines, reason) => {
  expect(() => render(lines)).toThrow(reason);
});
