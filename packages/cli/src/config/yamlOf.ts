/** A shown config as YAML 1.2, with the origin of each value behind it. */
import type { ShownNode } from './shownTree.ts';

export function yamlOf(tree: ShownNode): string {
  return `${linesOf(tree).join('\n')}\n`;
}

function linesOf(node: ShownNode): string[] {
  if (node.kind === 'value') return [lineOf(node)];
  if (node.kind === 'list') {
    if (node.items.length === 0) return ['[]'];
    return node.items.flatMap((item) =>
      linesOf(item).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
    );
  }
  if (node.entries.length === 0) return ['{}'];
  return node.entries.flatMap(([key, member]) => {
    const [first = '', ...rest] = linesOf(member);
    const isOnOneLine = member.kind === 'value' || first === '[]' || first === '{}';
    const name = `${textOf(key)}:`;
    return isOnOneLine ? [`${name} ${first}`] : [name, ...[first, ...rest].map((line) => `  ${line}`)];
  });
}

function lineOf({ value, origin }: Extract<ShownNode, { kind: 'value' }>): string {
  const text = typeof value === 'string' ? textOf(value) : JSON.stringify(value);
  return origin === undefined ? text : `${text} # ${origin}`;
}

/** Quoted, but for what is plain text in every reader's eyes. JSON's quotes are YAML's. */
function textOf(text: string): string {
  const isPlain = /^[A-Za-z/(][\w/.@()+-]*(?:[ :][\w/.@()+-]+)*$/.test(text);
  const isWord = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}
