/** Draws a tree of lines with box characters, and breaks long lines between words. */

/** A line and what belongs below it. */
export interface TextNode {
  readonly text: string;
  readonly children?: readonly TextNode[];
}

/** @param width - Where lines are broken; a word that is longer than that stands out. */
export function drawTree({ text, children = [] }: TextNode, width: number): string {
  return [...broken(text, width), ...drawChildren(children, width)].join('\n');
}

function drawChildren(nodes: readonly TextNode[], width: number): string[] {
  return nodes.flatMap(({ text, children = [] }, index) => {
    const isLast = index === nodes.length - 1;
    const below = isLast ? '   ' : '│  ';
    const bar = children.length > 0 ? '│  ' : '   ';
    const [first = '', ...rest] = broken(text, width - 3);
    return [
      `${isLast ? '└─ ' : '├─ '}${first}`,
      ...rest.map((line) => `${below}${bar}${line}`),
      ...drawChildren(children, width - 3).map((line) => `${below}${line}`),
    ];
  });
}

function broken(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?! )/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width - 3) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
