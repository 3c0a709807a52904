// docs/reference/errors.md: every code that the product can give, found in its sources, with what the sources say of it.
import ts from 'typescript';
import { isTest, parseSources, walk, workspaceFolders } from './sources.mjs';

const codePattern = /^ERR_[A-Z0-9_]*[A-Z0-9]$/;

/** Meanings of codes whose messages are put together in the code, so that no sentence of it could be quoted. */
const meanings = {
  ERR_CONFIG_ENVIRONMENT_INVALID: 'An APP_CONFIG_ variable names a key in a way that cannot be.',
  ERR_CONFIG_FILE_UNREADABLE: 'A config file is there and cannot be read.',
  ERR_CONFIG_INCLUDE_CYCLE: 'Files include one another in a circle.',
  ERR_CONFIG_NOT_AN_OBJECT: 'A config file is no mapping of keys to values.',
  ERR_CONFIG_NODE_ENV:
    'The config says production, and NODE_ENV does not. Only told: the rules of production hold.',
  ERR_NOBODY_CAN_SIGN_IN:
    'Nobody can sign in by any provider. Told at level error; the backend runs, and readiness is 503.',
  ERR_CONFIG_SCHEMA_ASYNC:
    'The config schema of a plugin or module answers with a promise; it has to answer at once.',
  ERR_CONFIG_VALUE_INVALID: 'A value is not what its schema asks for.',
  ERR_CONFIG_VALUE_MISSING: 'A required key is not there.',
};

const statusByName = {
  InputError: 400,
  AuthenticationError: 401,
  NotAllowedError: 403,
  NotFoundError: 404,
  ConflictError: 409,
  NotImplementedError: 501,
  ServiceUnavailableError: 503,
};

/**
 * Reads the codes.
 *
 * @returns each code once, sorted, from where the sources say most about it: `{ code, folder, text }`, and for a refusal
 *   `{ name, status, sentence, operator }`.
 */
function readErrorCodes() {
  const folders = workspaceFolders().filter((folder) => !folder.startsWith('examples/'));
  const sources = parseSources(folders, (path) => !isTest(path));
  const parents = new Map();
  for (const { tree } of sources) {
    walk(tree, (node) => {
      if (!ts.isClassDeclaration(node) || !node.name) return;
      const base = node.heritageClauses?.[0]?.types[0]?.expression.getText();
      if (base) parents.set(node.name.text, base);
    });
  }

  const uses = [];
  for (const { folder, tree } of sources) {
    const bullets = documentedCodes(tree);
    walk(tree, (node) => {
      const use = useOf(node);
      if (!use) return;
      const name = use.className && publicName(use.className, parents);
      uses.push({ ...use, folder, name: use.name ?? name, status: use.status ?? statusByName[name] });
      if (bullets.has(use.code)) uses.push({ code: use.code, folder, rank: 1, text: bullets.get(use.code) });
    });
  }
  const byCode = groupBy(uses, ({ code }) => code);
  refuseSecondStatus(byCode);
  return [...byCode]
    .map(([code, all]) => {
      const best = [...all, ...(meanings[code] ? [{ ...all[0], rank: 0, text: meanings[code] }] : [])]
        .filter(({ text }) => text)
        .sort((one, other) => one.rank - other.rank)[0];
      const named = all.find(({ name }) => name);
      return { name: named?.name, status: named?.status, ...(best ?? all[0]), code };
    })
    .sort((one, other) => one.code.localeCompare(other.code));
}

/** A program that knows a code knows the status: no code answers with two. */
function refuseSecondStatus(byCode) {
  const torn = [...byCode].flatMap(([code, all]) => {
    const statuses = [
      ...new Set(all.flatMap(({ status }) => (status === undefined ? [] : [Number(status)]))),
    ];
    return statuses.length > 1 ? [`${code} answers with ${statuses.sort().join(' and ')}`] : [];
  });
  if (torn.length > 0) throw new Error(`One code, one status: ${torn.join('; ')}`);
}

function groupBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** Whether a node gives a code (comparing with one does not), and what stands there about it. */
function useOf(node) {
  if (ts.isPropertyAssignment(node) && codePattern.test(node.name.text ?? '')) {
    const { text: code } = node.name;
    const { initializer } = node;
    if (ts.isObjectLiteralExpression(initializer)) {
      const refusal = membersOf(initializer);
      return { code, rank: 0, ...refusal, text: refusal.sentence };
    }
    return { code, rank: 1, text: textOf(initializer) ?? docOf(node) };
  }
  if (!ts.isStringLiteral(node) || !codePattern.test(node.text)) return undefined;
  const code = node.text;
  const { parent } = node;
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.arguments?.includes(node)) {
    const index = parent.arguments.indexOf(node);
    const message = parent.arguments
      .slice(index + 1)
      .map(textOf)
      .find((text) => text?.includes(' '));
    const owner = enclosingClass(parent);
    if (parent.expression.kind === ts.SyntaxKind.SuperKeyword && owner) {
      return { code, className: owner.name?.text, rank: 2, text: docOf(owner) ?? message };
    }
    return {
      code,
      className: ts.isNewExpression(parent) ? parent.expression.getText() : undefined,
      rank: 4,
      text: message,
    };
  }
  if (ts.isPropertyDeclaration(parent)) {
    const owner = enclosingClass(parent);
    return { code, className: owner?.name?.text, rank: 2, text: owner && docOf(owner) };
  }
  if (ts.isPropertyAssignment(parent) && parent.initializer === node && parent.name.getText() === 'code') {
    return { code, rank: 4, text: membersOf(parent.parent).message };
  }
  if (ts.isLiteralTypeNode(parent)) return { code, rank: 3, text: leadingComment(parent) };
  if (ts.isConditionalExpression(parent) || ts.isReturnStatement(parent)) return { code, rank: 5 };
  return undefined;
}

/** `- \`ERR_X\`: what it means` in a comment. */
function documentedCodes(tree) {
  const codes = new Map();
  const comments = tree.text.match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  for (const comment of comments) {
    const text = comment.replace(/^\s*\*+ ?/gm, '');
    for (const [, code, meaning] of text.matchAll(
      /^- `(ERR_[A-Z0-9_]+)`: ([\s\S]*?)(?=^\s*$|^- |^@|\/$)/gm,
    )) {
      codes.set(code, sentence(meaning));
    }
  }
  return codes;
}

function enclosingClass(node) {
  return ts.findAncestor(node, (one) => ts.isClassDeclaration(one) || ts.isClassExpression(one));
}

function publicName(className, parents) {
  let name = className;
  while (name && !(name in statusByName) && parents.has(name) && parents.get(name) !== 'CodedError')
    name = parents.get(name);
  return name in statusByName ? name : className;
}

function docOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).find((one) => ts.isJSDoc(one));
  const text = doc && ts.getTextOfJSDocComment(doc.comment);
  return text ? sentence(text) : undefined;
}

function leadingComment(node) {
  const range = ts.getLeadingCommentRanges(node.getSourceFile().text, node.getFullStart())?.at(-1);
  if (!range) return undefined;
  const text = node.getSourceFile().text.slice(range.pos, range.end);
  return sentence(text.replace(/^\/\*\*?|\*\/$|^\/\/ ?|^\s*\* ?/gm, ''));
}

/** The text of a string or a template, `…` standing for its values. */
function textOf(node) {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return sentence(node.text);
  if (ts.isTemplateExpression(node)) {
    return sentence(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(''));
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return `${textOf(node.left) ?? '…'} ${textOf(node.right) ?? '…'}`;
  }
  return undefined;
}

/** The members of an object whose values are texts or numbers. */
function membersOf(node) {
  if (!ts.isObjectLiteralExpression(node)) return {};
  return Object.fromEntries(
    node.properties
      .filter(ts.isPropertyAssignment)
      .map(({ name, initializer }) => [
        name.getText(),
        name.getText() === 'name' || ts.isNumericLiteral(initializer)
          ? initializer.text
          : textOf(initializer),
      ]),
  );
}

function sentence(text) {
  const line = text
    .replace(/\{@link (\w+)\}/g, '$1')
    .replace(/ (HTTP \d+|Code: `\w+`)(?=[.,;]|$)[^.]*\.?/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return undefined;
  const first = /^\w+\.\w/.test(line) ? line[0] : line[0].toUpperCase();
  return `${first}${line.slice(1)}${/[.!?…`]$/.test(line) ? '' : '.'}`;
}

/**
 * The page.
 *
 * @param names - folder -> package name.
 * @returns the page, and the codes of which the sources say nothing.
 */
export function errorsPage(names) {
  const codes = readErrorCodes();
  const refusals = codes.filter(({ operator }) => operator);
  const others = groupBy(
    codes.filter(({ operator }) => !operator),
    ({ folder }) => names.get(folder),
  );
  const page = [
    '# Error codes',
    '',
    '<!-- Generated from the sources by `node scripts/docs.mjs`; do not edit. -->',
    '',
    'A code is stable: programs may rely on it. On the wire, `error.name` is the one that Backstage’s clients know, and',
    '`error.code` is the code.',
    '',
    '## Refusals of sign-in, refresh and sign-out',
    '',
    'The sentence goes to the person. What an operator can do is in the log, and on the page in development.',
    '',
    '| code | HTTP | name | sentence | for the operator |',
    '| --- | --- | --- | --- | --- |',
    ...refusals.map((one) => row(`\`${one.code}\``, one.status, one.name, one.sentence, one.operator)),
    '',
    '## Others',
    '',
    '`…` stands for a value. Errors of the start-up have no HTTP status.',
    '',
    ...[...others]
      .sort(([one], [other]) => one.localeCompare(other))
      .flatMap(([name, list]) => [
        `### ${name}`,
        '',
        '| code | HTTP | name | meaning |',
        '| --- | --- | --- | --- |',
        ...list.map((one) => row(`\`${one.code}\``, one.status, one.name, one.text)),
        '',
      ]),
  ].join('\n');
  const problems = codes
    .filter(({ text }) => !text)
    .map(({ code, folder }) => `${folder} says nothing about ${code}`);
  return { page, problems };
}

function row(...cells) {
  return `| ${cells
    .map((cell) =>
      String(cell ?? '')
        .replaceAll('|', '\\|')
        .replaceAll('<', '&lt;'),
    )
    .join(' | ')} |`;
}
