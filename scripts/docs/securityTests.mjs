// docs/reference/security-tests.md: each promise of docs/security-promises.json, and the tests that hold it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { isTest, parseSources, root, workspaceFolders } from './sources.mjs';

/**
 * The page, and what is wrong: a test that is named and gone, an attack test that no promise names.
 *
 * Tests are named by their full titles, `describe > it`. `describe > *` names all below it, `*` all of a file; the page
 * lists each, so that one that goes shows as a change of the page.
 */
export function securityTestsPage() {
  const titles = readTestTitles();
  const problems = [];
  const named = new Set();
  const sections = JSON.parse(readFileSync(join(root, 'docs/security-promises.json'), 'utf8')).map(
    (section) => ({
      ...section,
      promises: section.promises.map(({ id, promise, tests }) => ({
        promise,
        tests: Object.entries(tests).map(([file, names]) => {
          const found = names.flatMap((name) => {
            const matches = [...(titles.get(file) ?? [])].filter((title) => isNamedBy(title, name));
            if (matches.length === 0) problems.push(`promise '${id}' lost its test '${name}' in ${file}`);
            return matches;
          });
          for (const title of found) named.add(`${file}: ${title}`);
          return [file, [...new Set(found)]];
        }),
      })),
    }),
  );
  for (const [file, list] of titles) {
    if (!file.endsWith('.attack.test.ts')) continue;
    for (const title of list) {
      if (!named.has(`${file}: ${title}`))
        problems.push(`no promise names the attack test '${title}' in ${file}`);
    }
  }

  const kept = sections
    .map((section) => ({
      ...section,
      promises: section.promises.filter(({ tests }) => tests.length > 0),
    }))
    .filter(({ promises }) => promises.length > 0);
  const open = sections.flatMap(({ promises }) => promises).filter(({ tests }) => tests.length === 0);
  const page = [
    '# What is promised, and the tests that hold it',
    '',
    '<!-- Generated from docs/security-promises.json by `node scripts/docs.mjs`; do not edit. -->',
    '',
    'A refusal always means: a stable code and one sentence for the person, the detail in the decision and the log; no',
    'identity, no provider token, no session cookie, no stack trace, no secret, and no 5xx for bad input.',
    '',
    ...kept.flatMap(({ title, promises }) => [
      `## ${title}`,
      '',
      ...promises.flatMap(({ promise, tests }) => [
        `**${promise}**`,
        '',
        ...tests.flatMap(([file, list]) => [`- \`${file}\``, ...list.map((one) => `  - ${printed(one)}`)]),
        '',
      ]),
    ]),
    ...(open.length > 0
      ? ['## Not held by a test yet', '', ...open.map(({ promise }) => `- ${promise}`), '']
      : []),
  ].join('\n');
  return { page, problems };
}

function isNamedBy(title, name) {
  return name === title || (name.endsWith('*') && title.startsWith(name.slice(0, -1)));
}

/** Placeholders of tables become dots; Markdown's own characters are escaped. */
function printed(title) {
  return title
    .replace(/%[.\d]*[a-z#]|\$\w+/g, '…')
    .replaceAll(' > ', ' › ')
    .replace(/[*_<[\]]/g, '\\$&');
}

/** file -> the full titles of its tests; `…` stands for values in a template. */
function readTestTitles() {
  const titles = new Map();
  for (const { path, tree } of parseSources(workspaceFolders(), isTest)) {
    const list = new Set();
    collect(tree, '', list);
    if (list.size > 0) titles.set(path, list);
  }
  return titles;
}

function collect(node, prefix, list) {
  if (ts.isCallExpression(node)) {
    const callee = /^(describe|it|test)\b/.exec(node.expression.getText())?.[1];
    const title = node.arguments[0] && titleOf(node.arguments[0]);
    if (callee && title !== undefined) {
      if (callee !== 'describe') list.add(prefix + title);
      else for (const argument of node.arguments.slice(1)) collect(argument, `${prefix}${title} > `, list);
      return;
    }
  }
  ts.forEachChild(node, (child) => collect(child, prefix, list));
}

function titleOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}
