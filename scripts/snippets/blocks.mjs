// The blocks of code in Markdown, each with where it stands and what the comments above it say of it.

/** What a comment above a block says: its text stands elsewhere, too, and is held there. */
const held = /^<!-- (?:file|quoted from|source|output|output of|begin) .*-->$/;

/**
 * Finds them.
 *
 * @param file - For messages.
 * @returns for each `{ file, line, language, text, isHeld, at, over }`: the line of its first line of code; the key of the config under
 *   which it is meant, where a comment says `<!-- at auth.providers.oidc.production -->`; and the config that it overrides, where one
 *   says `<!-- over app-config.yaml -->`.
 */
export function blocksIn(file, markdown) {
  const lines = markdown.split('\n');
  const blocks = [];
  for (let index = 0; index < lines.length; index++) {
    const [, indent, fence, language] = /^( *)(`{3,})(\w*)\s*$/.exec(lines[index]) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, place) => place > index && line.trim() === fence);
    const comments = commentsAbove(lines, index);
    blocks.push({
      file,
      line: index + 2,
      language,
      text: lines
        .slice(index + 1, end)
        .map((line) => line.slice(Math.min(indent.length, line.length)))
        .join('\n'),
      isHeld: comments.some((comment) => held.test(comment)),
      at: comments.map((comment) => /^<!-- at (\S+) -->$/.exec(comment)?.[1]).find(Boolean),
      over: comments.map((comment) => /^<!-- over (\S+) -->$/.exec(comment)?.[1]).find(Boolean),
    });
    index = end;
  }
  return blocks;
}

function commentsAbove(lines, index) {
  const comments = [];
  for (let place = index - 1; place >= 0; place--) {
    const line = lines[place].trim();
    if (line === '') continue;
    if (!/^<!-- .* -->$/.test(line)) break;
    comments.push(line);
  }
  return comments;
}
