// Links in Markdown, found where they are links: not in blocks of code, nor in code within a line.

const pattern = /(\]\()([^)\s]+)(\))|((?:src|srcset|href)=")([^"]+)(")/g;

/**
 * Replaces the targets of links.
 *
 * @param text - A whole page.
 * @param replace - Takes a target and the number of its line; gives the new target.
 */
export function replaceLinks(text, replace) {
  let isCode = false;
  return text
    .split('\n')
    .map((line, index) => {
      const isFence = /^\s*```/.test(line);
      if (isFence) isCode = !isCode;
      if (isCode || isFence) return line;
      return line
        .split(/(`[^`]*`)/)
        .map((part, place) => (place % 2 === 1 ? part : replaceIn(part, index + 1, replace)))
        .join('');
    })
    .join('\n');
}

function replaceIn(part, line, replace) {
  return part.replace(pattern, (_, ...groups) => {
    const [before, target, after] = groups[1] === undefined ? groups.slice(3, 6) : groups.slice(0, 3);
    return `${before}${replace(target, line)}${after}`;
  });
}
