// docs/reference/configuration.md is written by hand, and so are the READMEs of provider modules, each of which tells of the keys
// of its own type; both are compared with the keys that the code reads. The schema that editors read takes its descriptions from them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.mjs';

/** The page as it is, and the keys that stand on one side only. `a.*` stands for everything below `a`. */
export function configurationPage() {
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
  const { read, problem } = readKeys();
  if (problem) return { page, problems: [problem] };
  return {
    page,
    problems: [
      ...differences(keysIn(page), read.page),
      ...Object.entries(read.modules).flatMap(([readme, keys]) =>
        differences(keysOfModule(readFileSync(join(root, readme), 'utf8')), keys).map(
          (problem) => `(${readme}) ${problem}`,
        ),
      ),
    ],
  };
}

/** Whether the code could tell, and what: see configKeys.mjs. */
function readKeys() {
  const program = [
    '--conditions=vestibule:source',
    '--import',
    './scripts/ts.mjs',
    'scripts/docs/configKeys.mjs',
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' });
  if (status !== 0) return { problem: `the keys could not be read:\n${stderr}` };
  return { read: JSON.parse(stdout) };
}

/**
 * packages/cli/src/config/keyDescriptions.ts: what the tables say of each key, for the schema that editors read. Keys that users
 * choose are `<name>`.
 */
export function keyDescriptionsModule() {
  const { read, problem } = readKeys();
  if (problem) return { page: '', problems: [problem] };
  const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
  const told = [
    ...rowsOf(page),
    ...Object.entries(read.places).flatMap(([readme, place]) =>
      rowsOf(readFileSync(join(root, readme), 'utf8'))
        .filter(({ key }) => read.modules[readme].includes(key))
        .map((row) => ({ ...row, key: place + row.key })),
    ),
  ];
  const entries = told.flatMap(({ key, meaning, default: value }) => {
    if (meaning === '' && value === '') return [];
    const name = key.replaceAll(/<[^>]+>/g, '<name>');
    return [[name, { ...(meaning !== '' && { meaning }), ...(value !== '' && { default: value }) }]];
  });
  return {
    page: [
      '/** What docs/reference/configuration.md and the pages of providers tell of each key. Written by `node scripts/docs.mjs`. */',
      'export const keyDescriptions: Readonly<Record<string, { meaning?: string; default?: string }>> =',
      `${JSON.stringify(Object.fromEntries(entries))};`,
    ].join('\n'),
    problems: [],
  };
}

/** The rows of tables whose first column is the key, as plain text: what a column is called says what it tells. */
function rowsOf(text) {
  return text.split(/\n(?!\|)/).flatMap((block) => {
    const [head = '', , ...rows] = block.slice(block.indexOf('| ')).split('\n').map(cellsOf);
    if (head[0]?.toLowerCase() !== 'key') return [];
    const column = (name) => head.findIndex((title) => title.toLowerCase() === name);
    return rows.map((cells) => {
      const letsIn = cells[column('lets in')] ?? '';
      const meaning = plain(cells[column('meaning')] ?? letsIn);
      // What is told elsewhere is looked for there.
      const isTold = meaning !== '' && !/^as above/i.test(meaning);
      return {
        key: cells[0].replaceAll('`', ''),
        meaning: isTold ? `${letsIn === '' ? '' : 'Lets in '}${meaning}` : '',
        default: plain(cells[column('default')] ?? ''),
      };
    });
  });
}

function cellsOf(row) {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Without links and marks; what is code stays code. */
function plain(cell) {
  return cell
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll('\\|', '|')
    .replace(/^🔒\s*/, '')
    .trim();
}

function differences(told, read) {
  const covers = (line, key) => (line.endsWith('.*') ? key.startsWith(line.slice(0, -1)) : line === key);
  return [
    ...read.filter((key) => !told.some((line) => covers(line, key))).map((key) => `does not tell of ${key}`),
    ...told
      .filter((line) => !read.some((key) => covers(line, key)))
      .map((line) => `tells of ${line}, which nobody reads`),
  ];
}

/** The keys that begin a row of a table. */
function keysIn(text) {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => key);
}

/** Those of the tables whose first column is `Key`. */
function keysOfModule(readme) {
  return readme
    .split(/\n(?!\|)/)
    .map((block) => block.slice(block.indexOf('| ')))
    .flatMap((table) => (/^\| Key\s/.test(table) ? keysIn(table) : []));
}
