// The TypeScript and JavaScript of the documentation, compiled against the packages as they are built. A snippet may name what is
// the reader's own; whatever is ours it has to use as it is.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { root, workspaceFolders } from '../docs/sources.mjs';

const folder = join(root, 'node_modules/.cache/snippets');

const [cannotFindName, cannotFindNameButCould] = [2304, 2552];
const [cannotFindModule, cannotFindShorthand] = [2307, 18004];

/** @returns what the compiler has against the blocks, a line each. */
export function typeProblems(blocks) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const packages = ourPackages();
  const exportedBy = exportsOf(packages);
  const written = new Map(
    blocks.map((block, index) => {
      const path = join(folder, `${index}-${basename(block.file, '.md')}.ts`);
      const prelude = preludeOf(block.text, exportedBy);
      // One line, so that lines can be told.
      writeFileSync(path, `${prelude}\n${block.text.replaceAll('…', '')}\n`);
      return [path, block];
    }),
  );
  const program = compile([...written.keys()]);
  return [...written].flatMap(([path, { file, line }]) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .filter((diagnostic) => !isOfTheReader(diagnostic, exportedBy))
      .map(({ start = 0, messageText, code }) => {
        const place = program.getSourceFile(path).getLineAndCharacterOfPosition(start).line - 1;
        return `${file}:${line + place}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      }),
  );
}

function compile(files) {
  return ts.createProgram(files, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    // What the reader's own is, nobody knows.
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  });
}

/** A snippet goes on from those before it: it has a backend, and what it names of ours it has imported. */
function preludeOf(text, exportedBy) {
  const parsed = ts.createSourceFile('snippet.ts', text, ts.ScriptTarget.ES2022, true);
  const [declared, named] = [new Set(), new Set()];
  const visit = (node) => {
    const isDeclaration =
      (ts.isVariableDeclaration(node) ||
        ts.isImportSpecifier(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isClassDeclaration(node) ||
        ts.isBindingElement(node) ||
        ts.isParameter(node) ||
        ts.isImportClause(node)) &&
      node.name !== undefined &&
      ts.isIdentifier(node.name);
    if (isDeclaration) declared.add(node.name.text);
    const isReference =
      ts.isIdentifier(node) &&
      !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
      !(ts.isPropertyAssignment(node.parent) && node.parent.name === node);
    if (isReference) named.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  const open = [...named].filter((name) => !declared.has(name));
  const imports = open
    .filter((name) => exportedBy.has(name))
    .map((name) => `import { ${name} } from '${exportedBy.get(name)}';`);
  const backend = open.includes('backend')
    ? [`declare const backend: import('@vestibule/backend-core').Backend;`]
    : [];
  return [...imports, ...backend, 'export {};'].join(' ');
}

/** Names and modules that are not ours. */
function isOfTheReader({ code, messageText }, exportedBy) {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ');
  const [, name] = /'([^']+)'/.exec(message) ?? [];
  if (code === cannotFindModule) return !name.startsWith('@vestibule/');
  return (
    [cannotFindName, cannotFindNameButCould, cannotFindShorthand].includes(code) && !exportedBy.has(name)
  );
}

function ourPackages() {
  return workspaceFolders()
    .filter((path) => existsSync(join(root, path, 'dist/index.d.ts')) && !path.startsWith('examples/'))
    .map((path) => ({
      name: JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).name,
      types: join(root, path, 'dist/index.d.ts'),
    }));
}

/** Values by name, with the package that exports them; the first where several do. */
function exportsOf(packages) {
  const program = compile(packages.map(({ types }) => types));
  const checker = program.getTypeChecker();
  const byName = new Map();
  for (const { name, types } of packages)
    for (const symbol of checker.getExportsOfModule(
      checker.getSymbolAtLocation(program.getSourceFile(types)),
    ))
      if (!byName.has(symbol.name) && symbol.name !== 'default') byName.set(symbol.name, name);
  return byName;
}
