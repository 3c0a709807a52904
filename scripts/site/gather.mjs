// Gathers the pages of the site: each file of the list goes to its address, and its links lead to pages. A file of the repository
// that is linked to and is no page becomes one, as it is in this version.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { root } from '../docs/sources.mjs';
import { apiPage } from './apiPage.mjs';
import { replaceLinks } from './markdownLinks.mjs';
import { listPages } from './pageList.mjs';

/**
 * Writes the pages.
 *
 * @param folder - Made anew.
 * @returns the navigation, and the links that lead nowhere.
 */
export function gather(folder) {
  const { pages, sidebar } = listPages();
  rmSync(folder, { recursive: true, force: true });
  const problems = [];
  const shown = new Set();
  for (const { file, address, title } of pages.values()) {
    const text = readFileSync(join(root, file), 'utf8');
    const page =
      basename(file) === 'report.api.md'
        ? apiPage(title, dirname(file), text)
        : bothAppearances(
            replaceLinks(text, (target, line) => {
              const address = addressFor(file, target);
              if (address === undefined)
                problems.push(`${file}:${line}: links to ${target}, which is not there`);
              return address ?? target;
            }),
          );
    write(`${address}.md`, page);
  }
  for (const file of shown) write(`${sourceAddress(file)}.md`, sourcePage(file));
  return { sidebar, problems };

  /** Where a link leads on the site; nothing where it leads nowhere. */
  function addressFor(file, target) {
    if (/^(https?:|mailto:|#)/.test(target)) return target;
    const [path, anchor] = target.split('#');
    const found = normalize(join(dirname(file), path)).replace(/\/$/, '');
    const suffix = anchor === undefined ? '' : `#${anchor}`;
    const page = pages.get(found) ?? pages.get(join(found, 'README.md'));
    if (page) return `/${page.address.replace(/(^|\/)index$/, '$1')}${suffix}`;
    if (found === 'docs/decisions') return '/decisions/';
    if (found.startsWith('..') || !existsSync(join(root, found))) return undefined;
    if (/^\.(png|svg)$/.test(extname(found))) {
      const image = found.replace(/^docs\//, '');
      mkdirSync(dirname(join(folder, 'public', image)), { recursive: true });
      cpSync(join(root, found), join(folder, 'public', image));
      return `/${image}`;
    }
    shown.add(found);
    return `/${sourceAddress(found)}`;
  }

  function write(name, text) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** VitePress takes `.md`, `.html` and a leading dot for its own. */
function sourceAddress(file) {
  return `source/${file.replaceAll(/(^|\/)\./g, '$1dot-').replaceAll('.', '-')}`;
}

/** A file, or the names in a folder. */
function sourcePage(file) {
  const path = join(root, file);
  const [language, text] = statSync(path).isDirectory()
    ? ['text', readdirSync(path).sort().join('\n')]
    : [languages[extname(file)] ?? 'text', readFileSync(path, 'utf8').trimEnd()];
  return `---\nsearch: false\n---\n\n# \`${file}\`\n\n\`\`\`\`${language}\n${text}\n\`\`\`\`\n`;
}

const languages = { '.ts': 'ts', '.mjs': 'js', '.cjs': 'js', '.js': 'js', '.json': 'json', '.yaml': 'yaml' };

/** The site has a switch of its own between light and dark, which `<picture>` would not follow. */
function bothAppearances(text) {
  return text.replace(
    /<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*<img alt="([^"]*)" src="([^"]+)"([^>]*)>\s*<\/picture>/g,
    (_, dark, alt, light, rest) =>
      `<img class="only-light" alt="${alt}" src="${light}"${rest}><img class="only-dark" alt="${alt}" src="${dark}"${rest}>`,
  );
}
