/** Turns the issues of a schema library into sentences about a key. */
import type { StandardIssue } from './configSchema.ts';
import type { ConfigPath } from './configPath.ts';

/** An issue at a path of its own. */
export interface FlatIssue {
  path: ConfigPath;
  message: string;
}

/** zod tells under `errors` why each member of a union refused; Standard Schema itself has no word for it. */
type UnionIssue = StandardIssue & { readonly errors?: readonly (readonly StandardIssue[])[] };

/**
 * An issue of a union becomes the issues of the member that came closest: the only one that accepted the value's type.
 * Where none or several did, their messages stand side by side.
 */
export function flattenIssue(issue: StandardIssue, base: ConfigPath): FlatIssue[] {
  const path = [...base, ...pathOf(issue)];
  const members = ((issue as UnionIssue).errors ?? []).map((errors) =>
    errors.flatMap((error) => flattenIssue(error, path)),
  );
  const closest = members.filter(
    (errors) => errors.length > 0 && errors.every((error) => error.path.length > path.length),
  );
  if (closest.length === 1 && closest[0]) return closest[0];
  const own = members.flatMap((errors) => errors.filter((error) => error.path.length === path.length));
  if (own.length === 0) return [{ path, message: issue.message }];
  return [{ path, message: [...new Set(own.map((error) => phrase(error.message)))].join(', or ') }];
}

/** What is asked of the value, to follow its key: `must be a number, not a string`. */
export function phrase(message: string): string {
  const types = /^Invalid input: expected (\w+), received (\w+)$/.exec(message);
  if (types) {
    const received = types[2] === 'undefined' ? '' : `, not ${withArticle(types[2] ?? '')}`;
    return `must be ${withArticle(types[1] ?? '')}${received}`;
  }
  const bound = /^Too (small|big): expected \w+ to (be|have) [<>]=(\S+)( \w+)?$/.exec(message);
  if (bound)
    return `must ${bound[2]} at ${bound[1] === 'small' ? 'least' : 'most'} ${bound[3]}${bound[4] ?? ''}`;
  const options = /^Invalid (?:option|input): expected (?:one of )?(".*"|\d.*)$/.exec(message);
  if (options) return `must be ${(options[1] ?? '').replaceAll('|', ' or ').replaceAll('"', "'")}`;
  if (message === 'Invalid URL') return 'is not a URL';
  const format = /^Invalid ([\w .-]+)$/.exec(message);
  if (format && format[1] !== 'input') return `is not a valid ${format[1]}`;
  return message;
}

/** `key must be …`, or `key: message` where the message is no predicate. */
export function sentence(name: string, text: string): string {
  return /^(must|is|has|does|needs|may|cannot|can|should|names|contains)\b/.test(text)
    ? `${name} ${text}`
    : `${name}: ${text}`;
}

const names: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
  null: 'null',
  nan: 'a number',
  NaN: 'something else',
  int: 'a whole number',
};

function withArticle(type: string): string {
  return names[type] ?? `a ${type}`;
}

function pathOf({ path = [] }: StandardIssue): ConfigPath {
  return path.map((step) => {
    const key = typeof step === 'object' ? step.key : step;
    return typeof key === 'symbol' ? String(key) : key;
  });
}
