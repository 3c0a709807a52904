// Code in the guides that is quoted from a file has to stand there:
//   <!-- quoted from examples/static-catalog/src/index.ts -->
// Links to files of the repository have to lead somewhere, too.
import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { root } from './sources.mjs';

/** What is wrong with the quotes and links of all Markdown files. */
export function quoteProblems() {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const pages = listed.split('\0').filter((page) => page !== '' && existsSync(join(root, page)));
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...wrongQuotes(text), ...deadLinks(text, page)].map((problem) => `${page}: ${problem}`);
  });
}

function wrongQuotes(text) {
  return [...text.matchAll(/<!-- quoted from (\S+) -->\s*```\w*\n([\s\S]*?)```/g)].flatMap(
    ([, file, quote]) => {
      if (!existsSync(join(root, file))) return [`quotes ${file}, which is not there`];
      const source = squeezed(readFileSync(join(root, file), 'utf8'));
      return source.includes(squeezed(quote)) ? [] : [`quotes what does not stand in ${file}`];
    },
  );
}

function squeezed(code) {
  return code.replace(/\s+/g, ' ').trim();
}

function deadLinks(text, page) {
  const outsideCode = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  const targets = [
    ...[...outsideCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target),
    ...[...outsideCode.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, target]) => target),
  ];
  return targets
    .filter((target) => !/^(https?:|#|mailto:)/.test(target))
    .map((target) => target.split('#')[0])
    .filter((target) => !existsSync(join(root, dirname(page), target)))
    .map((target) => `links to ${target}, which is not there`);
}
