#!/usr/bin/env node
// The `vestibule` command, as a folder that needs nothing installed; lib/ is made of the sources by scripts/standalone.mjs.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

// Stacks name the sources. Node's own way reads all maps at every start, a third of its time; this one reads that of a
// piece when a fault is in it, and where there are no maps, the stack names the piece.
const maps = new Map();
Error.prepareStackTrace = (error, frames) =>
  [headOf(error), ...frames.map((frame) => `    at ${withSource(frame)}`)].join('\n');

await import(new URL('lib/bin.mjs', import.meta.url).href);

function headOf(error) {
  try {
    return String(error);
  } catch {
    return '<error>';
  }
}

function withSource(frame) {
  const text = String(frame);
  const file = frame.getFileName();
  if (!file?.startsWith(new URL('lib/', import.meta.url).href)) return text;
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const found = mapOf(file)?.findEntry(line - 1, column - 1);
  if (!found?.originalSource) return text;
  const source = fileURLToPath(new URL(found.originalSource, file));
  return text.replace(
    `${file}:${line}:${column}`,
    () => `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`,
  );
}

function mapOf(file) {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file) {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`), 'utf8')));
  } catch {
    return undefined;
  }
}
