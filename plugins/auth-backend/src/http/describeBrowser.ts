/**
 * What a browser calls itself, as people call it. A `User-Agent` is whatever a client says (RFC 9110 section 10.1.5), so nothing
 * of it is passed on: it chooses among words of ours.
 */

/** The first that fits: others name those before them, too. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/, 'iPadOS'],
  [/\biPhone\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];
const longest = 512;

/** `Firefox on Linux`; `undefined` where neither is known. @param userAgent - The header of the request. */
export function describeBrowser(userAgent: string | undefined): string | undefined {
  const given = userAgent?.slice(0, longest) ?? '';
  const named = (list: typeof browsers): string | undefined => list.find(([sign]) => sign.test(given))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (browser === undefined) return system && `a browser on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}
