/**
 * From a template to a file of the project. A line that is nothing but a comment `when: FACT` or `when: FACT or FACT`, in the
 * comments of YAML, TypeScript or Markdown, begins lines that are there only if one of the facts holds; `end` ends them. Blocks
 * nest. So a template is a file of its kind, with everything in it. `__NAME__` is a value.
 */
import type { Facts } from './facts.ts';

const marker = /^\s*(?:#|\/\/|<!--)\s*(?:when: (?<facts>[a-z -]+?)|end)\s*(?:-->)?\s*$/;

/** @throws Error for a fact or a value that there is not, and for a block without its end; each is a fault of the template. */
export function renderTemplate(
  text: string,
  { facts, values }: { facts: Facts; values: Readonly<Record<string, string>> },
): string {
  const open: boolean[] = [];
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const match = marker.exec(line);
    const named = match?.groups?.facts;
    if (named !== undefined) open.push(named.split(' or ').some((name) => holds(name, facts)));
    else if (match) {
      if (open.pop() === undefined) throw new Error("an 'end' without its 'when'");
    } else if (open.every(Boolean)) lines.push(line);
  }
  if (open.length > 0) throw new Error("a 'when' without its 'end'");
  return lines.join('\n').replace(/__([A-Z]+(?:_[A-Z]+)*)__/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value is called ${name}`);
    return value;
  });
}

function holds(name: string, facts: Facts): boolean {
  if (!Object.hasOwn(facts, name)) throw new Error(`no fact is called '${name}'`);
  return facts[name as keyof Facts];
}
