// An API report as a page: each name under a heading of its own, so that it is found by the outline and by the search.

/**
 * Makes the page.
 *
 * @param name - Of the package.
 * @param folder - Of the package, from the root.
 * @param report - The text of `report.api.md`, in which a blank line parts the declarations.
 */
export function apiPage(name, folder, report) {
  const [, code = ''] = /```ts\n([\s\S]*?)\n```/.exec(report) ?? [];
  const byName = new Map();
  for (const declaration of code.split(/\n\n+(?=\/\/ @|export |import )/)) {
    const declared = nameOf(declaration);
    if (declared !== undefined) byName.set(declared, [...(byName.get(declared) ?? []), declaration.trim()]);
  }
  if (byName.size === 0) throw new Error(`The API report of ${name} declares nothing`);
  return [
    `# ${name}`,
    '',
    `What the package exports. [Its README](/${folder}/) says how to use it.`,
    ...[...byName].flatMap(([declared, declarations]) => [
      '',
      `## ${declared}`,
      '',
      '```ts',
      declarations.map((text) => text.replace(/^\/\/ @public.*\n/gm, '')).join('\n\n'),
      '```',
    ]),
    '',
  ].join('\n');
}

function nameOf(declaration) {
  const pattern =
    /^export (?:declare )?(?:abstract )?(?:class|const|enum|function|interface|namespace|type) ([\w$]+)/m;
  return pattern.exec(declaration)?.[1];
}
