/** Reading a catalog file: YAML with one entity in each document, as Backstage's `catalog-info.yaml` has them. */
import { LineCounter, isMap, isNode, isScalar, parseAllDocuments, type Document } from 'yaml';
import { stringifyEntityRef, type Entity } from '@vestibule/catalog-model';
import { FileCatalogError } from '../errors.ts';
import { entitySchema } from './entitySchema.ts';

interface Problem {
  offset: number;
  message: string;
}

/**
 * Reads the entities of a file, without relations.
 *
 * @param text - The file's content.
 * @param file - How the file is named in messages.
 * @throws FileCatalogError `ERR_FILE_CATALOG_INVALID` with every problem as `file:line:column`.
 */
export function readCatalogFile(text: string, file: string): Entity[] {
  const lineCounter = new LineCounter();
  const placeOf = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const problems: Problem[] = [];
  const entities: Entity[] = [];
  const firstPlaces = new Map<string, string>();

  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  for (const document of 'empty' in documents ? [] : documents) {
    if (isEmpty(document)) continue;
    const read = readEntity(document);
    if ('problems' in read) {
      problems.push(...read.problems);
      continue;
    }
    const { entity } = read;
    const ref = stringifyEntityRef(entity);
    const offset = offsetOf(document, ['metadata', 'name']);
    const first = firstPlaces.get(ref);
    if (first !== undefined) problems.push({ offset, message: `${ref} is already at ${first}` });
    firstPlaces.set(ref, first ?? placeOf(offset));
    entities.push(entity);
  }
  if (problems.length === 0) return entities;

  problems.sort((a, b) => a.offset - b.offset);
  throw new FileCatalogError(
    'ERR_FILE_CATALOG_INVALID',
    [
      `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}`,
      ...problems.map(({ offset, message }) => `  ${message} (${placeOf(offset)})`),
    ].join('\n'),
  );
}

function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function readEntity(document: Document.Parsed): { entity: Entity } | { problems: Problem[] } {
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return { problems: syntax.map(({ pos, message }) => ({ offset: pos[0], message })) };
  }
  if (!isMap(document.contents)) {
    const offset = document.contents?.range[0] ?? document.range[0];
    return { problems: [{ offset, message: 'a document is no entity' }] };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias to nothing, or far too many of them.
    return { problems: [{ offset: document.contents.range[0], message: (error as Error).message }] };
  }
  const { error } = entitySchema.safeParse(value);
  if (!error) return { entity: value as Entity };
  return {
    problems: error.issues.map(({ path, message }) => ({
      offset: offsetOf(document, path),
      message: `${path.map(String).join('.')}: ${message}`,
    })),
  };
}

/** Where the value of a path begins, or what encloses it. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range[0] ?? document.range[0];
}
