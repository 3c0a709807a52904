/** Colours as the config writes them (CSS Color 4, opaque ones in sRGB), and how well one is read on another. */

/** Red, green and blue, each 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** `#abc`, `#aabbcc`, `rgb(10 20 30)`, `rgb(10, 20, 30)` or `hsl(190 60% 30%)`; `undefined` for anything else. */
export function parseColour(text: string): Colour | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const pairs = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    return colourOf(pairs.map((pair) => Number.parseInt(pair, 16)));
  }
  const [, name, first, second, third] =
    /^(rgb|hsl)\(\s*(\d{1,3})(?:\s*,\s*|\s+)(\d{1,3}%?)(?:\s*,\s*|\s+)(\d{1,3}%?)\s*\)$/.exec(text) ?? [];
  if (first === undefined || second === undefined || third === undefined) return undefined;
  const isPercent = [second, third].map((part) => part.endsWith('%'));
  const [a, b, c] = [first, second, third].map((part) => Number.parseInt(part, 10)) as [
    number,
    number,
    number,
  ];
  if (name === 'rgb') return isPercent.some(Boolean) || Math.max(a, b, c) > 255 ? undefined : [a, b, c];
  return isPercent.every(Boolean) && a <= 360 && b <= 100 && c <= 100
    ? fromHsl(a, b / 100, c / 100)
    : undefined;
}

/** `#rrggbb`: nothing else of what the config says gets into a stylesheet. */
export function hexOf(colour: Colour): string {
  return `#${colour.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** What `color-mix(in srgb, one share, other)` makes. */
export function mix(one: Colour, share: number, other: Colour): Colour {
  return colourOf(one.map((channel, index) => channel * share + (other[index] ?? 0) * (1 - share)));
}

/** 1 to 21 (WCAG 2.2, "contrast ratio"). Text needs 4.5 (success criterion 1.4.3, level AA). */
export function contrast(one: Colour, other: Colour): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colourOf(
    colour.map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** CSS Color 4 section 7.1. */
function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const amount = saturation * Math.min(lightness, 1 - lightness);
  return colourOf(
    [0, 8, 4].map((offset) => {
      const k = (offset + hue / 30) % 12;
      return 255 * (lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
    }),
  );
}

function colourOf([red = 0, green = 0, blue = 0]: readonly number[]): Colour {
  return [red, green, blue];
}
