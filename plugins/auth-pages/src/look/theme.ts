/**
 * The colours of the pages, light and dark, as variables of CSS. What the config does not say stays as it is; the colours
 * of details are mixed from these in the stylesheet.
 */
import { contrast, hexOf, mix, parseColour, type Colour } from './colour.ts';

/** The names that `auth.signInPage.colors.light` and `dark` have, and the variable of each. */
export const colourVariables = {
  accent: '--accent',
  onAccent: '--on-accent',
  background: '--page',
  surface: '--card',
  text: '--ink',
  mutedText: '--soft',
  border: '--line',
} as const;

/** @see colourVariables */
export type ColourName = keyof typeof colourVariables;
export type Scheme = 'light' | 'dark';
export type Palette = Readonly<Record<ColourName, Colour>>;
export type GivenColours = Readonly<
  Partial<Record<Scheme, Readonly<Partial<Record<ColourName, string | undefined>>> | undefined>>
>;

const defaults: Readonly<Record<Scheme, Readonly<Record<ColourName, string>>>> = {
  light: {
    accent: '#1b6670',
    onAccent: '#ffffff',
    background: '#f6f5f1',
    surface: '#ffffff',
    text: '#1c2326',
    mutedText: '#556066',
    border: '#dad8d0',
  },
  dark: {
    accent: '#7cc7cf',
    onAccent: '#0b2023',
    background: '#131719',
    surface: '#1b2123',
    text: '#eceeec',
    mutedText: '#a5b0b3',
    border: '#343d40',
  },
};

/** Parts that the stylesheet mixes, for the check of contrast; the same shares stand there. */
const hoverShare = 0.82;
const tintShare = 0.12;

/** WCAG 2.2, success criterion 1.4.3. */
const enough = 4.5;

/** The colours of a scheme. On an accent of the config stands what is read best there, unless the config says what. */
export function paletteOf(given: GivenColours, scheme: Scheme): Palette {
  const { accent, onAccent, ...others } = given[scheme] ?? {};
  const entries = Object.entries({ ...defaults[scheme], ...withoutAbsent({ accent, onAccent, ...others }) });
  const palette = Object.fromEntries(
    entries.map(([name, text]) => [name, parseColour(text) ?? [0, 0, 0]]),
  ) as Record<ColourName, Colour>;
  if (accent === undefined || onAccent !== undefined) return palette;
  const [light, dark]: Colour[] = [
    [255, 255, 255],
    [11, 19, 22],
  ];
  return {
    ...palette,
    onAccent: contrast(palette.accent, light!) >= contrast(palette.accent, dark!) ? light! : dark!,
  };
}

/** The variables, for the end of a stylesheet; empty where the config gives no colour. */
export function themeStyle(given: GivenColours): string {
  const block = (scheme: Scheme): string => {
    if (Object.keys(withoutAbsent(given[scheme] ?? {})).length === 0) return '';
    const palette = paletteOf(given, scheme);
    const lines = Object.entries(colourVariables).map(
      ([name, variable]) => `${variable}:${hexOf(palette[name as ColourName])}`,
    );
    return `:root{${lines.join(';')}}`;
  };
  const [light, dark] = [block('light'), block('dark')];
  return [
    light !== '' && `@media (prefers-color-scheme:light){${light}}`,
    dark !== '' && `@media (prefers-color-scheme:dark){${dark}}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** A pair that is hard to read. */
export interface FaintPair {
  readonly scheme: Scheme;
  /** The key to change. */
  readonly name: ColourName;
  /** What is read, and on what. */
  readonly what: string;
  readonly contrast: number;
}

/** The pairs of the page whose contrast is below level AA, in the schemes of which the config says something. */
export function faintPairs(given: GivenColours): FaintPair[] {
  return (['light', 'dark'] as const)
    .filter((scheme) => Object.keys(withoutAbsent(given[scheme] ?? {})).length > 0)
    .flatMap((scheme) => {
      const { accent, onAccent, background, surface, text, mutedText } = paletteOf(given, scheme);
      const tint = mix(accent, tintShare, surface);
      const pairs: readonly (readonly [ColourName, string, Colour, Colour])[] = [
        ['onAccent', 'the label of a button on accent', onAccent, accent],
        ['onAccent', 'the label of a button under the pointer', onAccent, mix(accent, hoverShare, text)],
        ['accent', 'links on surface', accent, surface],
        ['accent', 'links on background', accent, background],
        ['accent', 'the label of a quiet button under the pointer', accent, tint],
        ['text', 'text on surface', text, surface],
        ['text', 'text on background', text, background],
        ['text', 'text on a mark of accent', text, tint],
        ['mutedText', 'mutedText on surface', mutedText, surface],
        ['mutedText', 'mutedText on background', mutedText, background],
      ];
      return pairs.flatMap(([name, what, one, other]) => {
        const ratio = contrast(one, other);
        return ratio < enough ? [{ scheme, name, what, contrast: Math.floor(ratio * 100) / 100 }] : [];
      });
    });
}

function withoutAbsent<T extends object>(given: T): Partial<Record<keyof T, string>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    Record<keyof T, string>
  >;
}
