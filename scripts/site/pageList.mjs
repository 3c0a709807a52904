// Which file of the repository becomes which page, and the navigation over them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { guides, project, reference, start } from '../../site/navigation.mjs';
import { root } from '../docs/sources.mjs';

const decisionList = 'docs/README.md';

/**
 * Lists the pages.
 *
 * @returns `pages`: file -> `{ file, address, title }`, the address without ending, for example `guides/google`; and `sidebar`, the
 *   groups of links that VitePress shows beside each page.
 */
export function listPages() {
  const files = trackedPages();
  const pages = new Map(
    files.map((file) => [file, { file, address: addressOf(file), title: titleOf(file) }]),
  );
  const link = (file, text) => ({
    text: text ?? pages.get(file).title,
    link: `/${pages.get(file).address.replace(/(^|\/)index$/, '$1')}`,
  });
  const below = (folder) => files.filter((file) => dirname(file) === folder);
  const guide = (name) => `docs/guides/${name}.md`;
  const named = guides.flatMap(({ names }) => names.map(guide));
  const rest = below('docs/guides').filter((file) => !named.includes(file));
  const referenceFiles = ordered(
    below('docs/reference'),
    reference.map((name) => `docs/reference/${name}.md`),
  );
  const reports = files.filter((file) => basename(file) === 'report.api.md');
  const readmes = (pattern) => files.filter((file) => pattern.test(file)).map((file) => link(file));

  const sidebar = [
    { text: 'Start', items: start.map(({ file, text }) => link(file, text)) },
    ...guides.map(({ text, names }) => ({
      text,
      items: names
        .map(guide)
        .filter((file) => pages.has(file))
        .map((file) => link(file)),
    })),
    ...(rest.length > 0 ? [{ text: 'More guides', items: rest.map((file) => link(file)) }] : []),
    { text: 'Reference', items: referenceFiles.map((file) => link(file)) },
    { text: 'API', collapsed: true, items: reports.map((file) => link(file)) },
    {
      text: 'Packages',
      collapsed: true,
      items: [
        { text: 'Framework', collapsed: true, items: readmes(/^packages\/[^/]+\/README\.md$/) },
        { text: 'Sign-in', collapsed: true, items: readmes(/^plugins\/[^/]+\/README\.md$/) },
        { text: 'Examples', collapsed: true, items: readmes(/^examples\/[^/]+\/README\.md$/) },
      ],
    },
    {
      text: 'Decisions',
      collapsed: true,
      items: [
        link(decisionList, 'All of them'),
        ...decisionGroups(files).map(({ text, decisions }) => ({
          text,
          collapsed: true,
          items: decisions.map((file) =>
            link(file, `${Number(basename(file).slice(0, 2))}. ${pages.get(file).title}`),
          ),
        })),
      ],
    },
    {
      text: 'Project',
      collapsed: true,
      items: project.filter((file) => pages.has(file)).map((file) => link(file)),
    },
  ];
  return { pages, sidebar };
}

/** The tables of docs/README.md, whose heads name the groups. */
function decisionGroups(files) {
  const groups = readFileSync(join(root, decisionList), 'utf8')
    .split(/\n\n+/)
    .flatMap((block) => {
      const head = /^\|\s+\| (\S.*?)\s*\|\n\| -+ \|/.exec(block);
      if (!head) return [];
      const decisions = [...block.matchAll(/\]\((decisions\/[^)]+)\)/g)].map(([, path]) => `docs/${path}`);
      return [{ text: `${head[1][0].toUpperCase()}${head[1].slice(1)}`, decisions }];
    });
  const listed = new Set(groups.flatMap(({ decisions }) => decisions));
  const missing = files.filter((file) => file.startsWith('docs/decisions/') && !listed.has(file));
  if (missing.length > 0) throw new Error(`${decisionList} does not list ${missing.join(', ')}`);
  return groups;
}

function trackedPages() {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  const isPage = (file) =>
    /^(README|ARCHITECTURE|CONTRIBUTING|SECURITY|CHANGELOG)\.md$/.test(file) ||
    /^docs\/(README|(guides|reference|decisions)\/[^/]+)\.md$/.test(file) ||
    /^(packages|plugins|examples)\/[^/]+\/(README|report\.api)\.md$/.test(file) ||
    /^(scripts|conformance|bench|site)\/README\.md$/.test(file);
  return listed
    .split('\0')
    .filter((file) => isPage(file) && existsSync(join(root, file)))
    .sort();
}

function ordered(files, order) {
  const rank = (file) => (order.includes(file) ? order.indexOf(file) : order.length);
  return [...files].sort((one, other) => rank(one) - rank(other));
}

function addressOf(file) {
  if (file === 'README.md') return 'index';
  if (file === decisionList) return 'decisions/index';
  if (basename(file) === 'report.api.md') return `api/${basename(dirname(file))}`;
  if (basename(file) === 'README.md') return `${dirname(file)}/index`;
  return file
    .replace(/^docs\//, '')
    .replace(/\.md$/, '')
    .toLowerCase();
}

function titleOf(file) {
  if (basename(file) === 'report.api.md')
    return JSON.parse(readFileSync(join(root, dirname(file), 'package.json'), 'utf8')).name;
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${file} has no title`);
  return title.replaceAll('`', '');
}
