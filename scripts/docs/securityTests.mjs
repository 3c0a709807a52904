// docs/reference/security-tests.md: each promise of docs/security-promises.json, and the tests that hold it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { isTest, parseSources, root, walk, workspaceFolders } from './sources.mjs';

/**
 * The page, and what is wrong: a test that is named and gone, an attack test that no promise names.
 */
export function securityTestsPage() {
  const sections = JSON.parse(readFileSync(join(root, 'docs/security-promises.json'), 'utf8'));
  const titles = readTestTitles();
  const problems = [];
  const named = new Set();

  for (const { id, tests } of sections.flatMap(({ promises }) => promises)) {
    for (const [file, list] of Object.entries(tests)) {
      for (const title of list) {
        if (!titles.get(file)?.has(title))
          problems.push(`promise '${id}' lost its test '${title}' in ${file}`);
        named.add(`${file}: ${title}`);
      }
    }
  }
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
      promises: section.promises.filter(({ tests }) => Object.keys(tests).length > 0),
    }))
    .filter(({ promises }) => promises.length > 0);
  const open = sections
    .flatMap(({ promises }) => promises)
    .filter(({ tests }) => Object.keys(tests).length === 0);
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
        ...Object.entries(tests).flatMap(([file, list]) => [
          `- \`${file}\``,
          ...list.map((one) => `  - ${one.replace(/[*_<]/g, '\\$&')}`),
        ]),
        '',
      ]),
    ]),
    ...(open.length > 0
      ? ['## Not held by a test yet', '', ...open.map(({ promise }) => `- ${promise}`), '']
      : []),
  ].join('\n');
  return { page, problems };
}

/** file -> the titles of its tests; `…` stands for values in a template. */
function readTestTitles() {
  const titles = new Map();
  for (const { path, tree } of parseSources(workspaceFolders(), isTest)) {
    const list = new Set();
    walk(tree, (node) => {
      if (!ts.isCallExpression(node) || !/^(it|test)\b/.test(node.expression.getText())) return;
      const [title] = node.arguments;
      if (title && ts.isStringLiteralLike(title)) list.add(title.text);
      else if (title && ts.isTemplateExpression(title)) {
        list.add(title.head.text + title.templateSpans.map(({ literal }) => `…${literal.text}`).join(''));
      }
    });
    if (list.size > 0) titles.set(path, list);
  }
  return titles;
}
