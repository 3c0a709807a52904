/** Colours of the config: what is one, what becomes of it, and when it is hard to read. */
import { describe, expect, it } from '@jest/globals';
import { contrast, hexOf, parseColour } from './colour.ts';
import { faintPairs, paletteOf, themeStyle } from './theme.ts';

describe('a colour', () => {
  it.each([
    ['#1b6670', '#1b6670'],
    ['#ABC', '#aabbcc'],
    ['rgb(27 102 112)', '#1b6670'],
    ['rgb(27, 102,112)', '#1b6670'],
    ['hsl(0 100% 50%)', '#ff0000'],
    ['hsl(187, 61%, 27%)', '#1b656f'],
  ])('is %s', (text, hex) => {
    expect(hexOf(parseColour(text) ?? [0, 0, 0])).toBe(hex);
  });

  it.each([
    '',
    'red',
    '#12',
    '#1234',
    '#1234567g',
    'rgb(300 0 0)',
    'rgb(1 2)',
    'rgb(10% 20% 30%)',
    'hsl(400 10% 10%)',
    'hsl(10 10 10)',
    'var(--ink)',
    'url(https://evil.example/x)',
    '#fff;}body{background:url(//evil.example)',
    '#fff\n',
    'expression(alert(1))',
  ])('is not %j', (text) => {
    expect(parseColour(text)).toBeUndefined();
  });

  it('stands out from another by what WCAG computes', () => {
    const [black, white, grey] = ['#000', '#fff', '#767676'].map((text) => parseColour(text)!);
    expect(contrast(black!, white!)).toBeCloseTo(21, 5);
    expect(contrast(grey!, white!)).toBeCloseTo(4.54, 2);
    expect(contrast(white!, white!)).toBe(1);
  });
});

describe('a theme', () => {
  it('has the variables of the schemes of which the config says something', () => {
    expect(themeStyle({})).toBe('');
    const style = themeStyle({ light: { accent: 'rgb(138 45 92)' } });
    expect(style).toMatch(/^@media \(prefers-color-scheme:light\)\{:root\{--accent:#8a2d5c;/);
    expect(style).toContain('--ink:#1c2326');
    expect(style).not.toContain('dark');
  });

  it('writes on an accent what is read best there, unless the config says what', () => {
    expect(hexOf(paletteOf({ light: { accent: '#8a2d5c' } }, 'light').onAccent)).toBe('#ffffff');
    expect(hexOf(paletteOf({ light: { accent: '#ffd400' } }, 'light').onAccent)).toBe('#0b1316');
    const own = { accent: '#ffd400', onAccent: '#112233' };
    expect(hexOf(paletteOf({ light: own }, 'light').onAccent)).toBe('#112233');
  });

  it('is of level AA as it comes, in both schemes', () => {
    // Saying what is there already has it judged.
    expect(faintPairs({ light: { text: '#1c2326' }, dark: { text: '#eceeec' } })).toEqual([]);
  });

  it('names each pair that is hard to read, with its contrast and the key to change', () => {
    const pairs = faintPairs({ light: { accent: '#ffd400' } });
    expect(pairs.map(({ scheme, name }) => `${scheme}.${name}`)).toEqual([
      'light.accent',
      'light.accent',
      'light.accent',
    ]);
    expect(pairs[0]).toMatchObject({ what: 'links on surface', contrast: 1.43 });
    expect(faintPairs({ dark: { mutedText: '#445' } })).toEqual([
      expect.objectContaining({ scheme: 'dark', name: 'mutedText', what: 'mutedText on surface' }),
      expect.objectContaining({ scheme: 'dark', name: 'mutedText', what: 'mutedText on background' }),
    ]);
  });
});
