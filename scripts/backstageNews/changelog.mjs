// Changelogs as Changesets writes them: a heading of level two for each version, and a list item for each change.

/** Of sign-in, or of what the host does for it. */
const subjects =
  /\b(auth\w*|sign(ed|s|ing)?[- ]?(in|out)|log(in|out)|tokens?|cookies?|credentials?|sessions?|oauth\w*|oidc|jwks?|secrets?|user ?info|identity|websockets?|cors|csp|helmet|rate[- ]?limit\w*|redact\w*|audit\w*|lifecycle|extension points?)\b|(http|root|auth|userInfo)(Router|Auth|Info|Service)|\brouters?\b|`(app|auth|backend)\.|BREAKING/i;

/** Above 0 where `one` is the later version. A prerelease is before its release. */
export function compareVersions(one, other) {
  const [left, right] = [one, other].map((version) => {
    const [numbers, prerelease] = version.split(/-(.*)/s);
    return [...numbers.split('.').map(Number), prerelease === undefined ? 1 : 0];
  });
  const at = left.findIndex((number, index) => number !== right[index]);
  return at === -1 ? 0 : left[at] - right[at];
}

/**
 * What changed after `from`, up to `to`. What prereleases say is said again by the release; updated dependencies are left
 * out.
 *
 * @returns `{ version, text }` for each entry, the newest version first.
 */
export function entriesBetween(changelog, from, to) {
  return changelog
    .split(/^## (?=\d)/m)
    .slice(1)
    .flatMap((section) => {
      const [version] = /^\S+/.exec(section);
      const isBetween = compareVersions(version, from) > 0 && compareVersions(version, to) <= 0;
      if (version.includes('-') || !isBetween) return [];
      return section
        .replace(/^#+ .*$/gm, '')
        .split(/^- /m)
        .slice(1)
        .map((text) => ({ version, text: text.trim().replace(/^ {2}/gm, '') }))
        .filter(({ text }) => !/^(Updated dependencies|[0-9a-f]{7}: Updated dependencies)\b/.test(text));
    });
}

/** Every entry of a package of sign-in; of another one those that speak of it. */
export const isAboutSignIn = (name, { text }) => /\bauth\b/.test(name) || subjects.test(text);
