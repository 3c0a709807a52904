// What is wrong with the site that was built: links to pages or headings that are not there, and whatever a browser would fetch
// from another host.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Looks at each page.
 *
 * @param folder - Of the site.
 * @param base - The path under which it will be served, with a slash at both ends.
 */
export function builtProblems(folder, base) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html'));
  const pages = new Map(
    names.map((name) => {
      const html = readFileSync(join(folder, name), 'utf8');
      return [
        name,
        { html, ids: new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => unescaped(id))) },
      ];
    }),
  );
  return [...pages].flatMap(([name, { html }]) => [
    ...foreignParts(html).map((address) => `${name}: fetches ${address}`),
    ...[...html.matchAll(/<a [^>]*?href="([^"]*)"/g)].flatMap(([, written]) => {
      const problem = problemOf(name, unescaped(written));
      return problem === undefined ? [] : [`${name}: ${problem}`];
    }),
  ]);

  function problemOf(from, target) {
    if (/^(https?:|mailto:)/.test(target)) return undefined;
    const [path, anchor] = target.split('#').map(decodeURIComponent);
    if (path.startsWith('/') && !path.startsWith(base)) return `links to ${target}, which is outside ${base}`;
    const inside = path.startsWith('/') ? path.slice(base.length) : join(dirname(from), path);
    const file = path === '' ? from : /(^|\/)$/.test(inside) ? `${inside}index.html` : inside;
    if (!existsSync(join(folder, file))) return `links to ${target}, which is not there`;
    const page = pages.get(file);
    if (anchor && page && !page.ids.has(anchor))
      return `links to ${target}, and no heading there has that name`;
    return undefined;
  }
}

/** Scripts, styles, fonts and images; where a link leads is somebody's own choice. */
function foreignParts(html) {
  return [
    ...html.matchAll(
      /<(?:script|link|img|source|iframe)[^>]*? (?:src|srcset|href)="((?:https?:)?\/\/[^"]*)"/g,
    ),
  ].map(([, address]) => address);
}

function unescaped(text) {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}
