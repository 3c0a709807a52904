/** Reads YAML (and so JSON) text into a tree with places. */
import type { ConfigLocation, ConfigProblem, ErrorCode } from '@vestibule/backend-plugin-api';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLError } from 'yaml';
import { forbiddenKeys, type ConfigNode, type MapEntry } from './configTree.ts';

/** What was read, and what was wrong with it. */
export interface ParsedYaml {
  /** Absent for an empty file. */
  readonly tree?: ConfigNode;
  readonly problems: readonly ConfigProblem[];
}

const maximalNodes = 100_000; // aliases can multiply a small file without bound ("billion laughs")
const maximalDepth = 100;

/**
 * Parses one document of YAML 1.2.
 *
 * The parser's own messages quote the text around the fault, which may be a secret: they are replaced by ours.
 *
 * @param file - The name for places and messages.
 */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  // What follows the first error is mostly its consequence.
  const problems: ConfigProblem[] = document.errors.slice(0, 1).map((error) => ({
    code: 'ERR_CONFIG_SYNTAX',
    path: '',
    message: `${file} is not valid YAML: ${explain(error)}`,
    location: place(error.pos[0]),
  }));
  if (problems.length > 0 || document.contents === null) return { problems };

  let nodes = 0;
  const tree = convert(document.contents, '', 0);
  return { problems, ...(tree && { tree }) };

  function convert(node: Node, path: string, depth: number): ConfigNode | undefined {
    const at = place(node.range?.[0] ?? 0);
    if (++nodes > maximalNodes || depth > maximalDepth) {
      if (nodes <= maximalNodes + 1) {
        nodes = maximalNodes + 1;
        refuse(
          'ERR_CONFIG_SYNTAX',
          path,
          `${file} is too large or too deep once its aliases are resolved`,
          at,
        );
      }
      return undefined;
    }
    if (isAlias(node)) {
      const target = node.resolve(document) as Node | undefined;
      if (target) return convert(target, path, depth + 1);
      return refuse('ERR_CONFIG_SYNTAX', path, `${path} is an alias that names no anchor before it`, at);
    }
    if (isScalar(node)) {
      const { value } = node;
      const isPlain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
      if (isPlain) return { kind: 'scalar', value: value as string, at };
      return refuse('ERR_CONFIG_SYNTAX', path, `${path} is neither text, number, true, false nor null`, at);
    }
    if (isSeq(node)) {
      const items = node.items.flatMap(
        (item, index) => convert(item as Node, `${path}[${index}]`, depth + 1) ?? [],
      );
      return { kind: 'list', items, at };
    }
    return isMap(node) ? convertMap(node, path, depth, at) : undefined;
  }

  function convertMap(
    node: { items: readonly { key: unknown; value: unknown }[] },
    path: string,
    depth: number,
    at: ConfigLocation,
  ): ConfigNode {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of node.items) {
      const keyNode = key as Node;
      const keyAt = place(keyNode.range?.[0] ?? 0);
      const plain = isAlias(keyNode) ? keyNode.resolve(document) : keyNode;
      if (!isScalar(plain)) {
        refuse('ERR_CONFIG_SYNTAX', path, `a key of ${path || 'the config'} is not plain text`, keyAt);
        continue;
      }
      const name = typeof plain.value === 'string' ? plain.value : JSON.stringify(plain.value);
      const at2 = path === '' ? name : `${path}.${name}`;
      const first = entries.get(name);
      if (forbiddenKeys.has(name)) {
        refuse('ERR_CONFIG_KEY_FORBIDDEN', at2, `${at2} may not be a key`, keyAt);
      } else if (first) {
        const line = first.keyAt ? `; the first is in line ${first.keyAt.line}` : '';
        refuse('ERR_CONFIG_DUPLICATE_KEY', at2, `${at2} is written twice${line}`, keyAt);
      } else {
        const converted = value ? convert(value as Node, at2, depth + 1) : nullAt(keyAt);
        if (converted) entries.set(name, { keyAt, value: converted });
      }
    }
    return { kind: 'map', entries, at };
  }

  function refuse(code: ErrorCode, path: string, message: string, location: ConfigLocation): undefined {
    problems.push({ code, path, message, location });
  }

  function place(offset: number): ConfigLocation {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

function nullAt(at: ConfigLocation): ConfigNode {
  return { kind: 'scalar', value: null, at };
}

const explanations: Partial<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias has properties of its own',
  BAD_ALIAS: 'an alias or anchor has no proper name',
  BAD_DQ_ESCAPE: 'a double-quoted text has an escape that is none',
  BAD_INDENT: 'the indentation does not fit what stands above',
  BAD_SCALAR_START: 'a text starts with a character that must be quoted',
  BLOCK_AS_IMPLICIT_KEY: "a line has two keys; a text with ': ' in it must be quoted",
  BLOCK_IN_FLOW: 'a block stands within braces or brackets',
  MISSING_CHAR: 'a colon, comma, bracket or closing quote is missing',
  MULTILINE_IMPLICIT_KEY: 'a key runs over several lines; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'the file holds more than one document',
  MULTIPLE_TAGS: 'a value has two tags',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  TAG_RESOLVE_FAILED: 'a tag is unknown',
  UNEXPECTED_TOKEN: 'something stands where it does not belong',
};

function explain({ code }: YAMLError): string {
  return explanations[code] ?? code.toLowerCase().replaceAll('_', ' ');
}
