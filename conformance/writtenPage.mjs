// Pages of docs/ that a run makes: compared with what is there, or written where the run was told to.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** @param path - In docs/. @param text - Markdown, which is formatted as everything here. */
export async function checkPage(path, text) {
  const page = fileURLToPath(new URL(`../docs/${path}`, import.meta.url));
  const formatted = await format(text, { ...(await resolveConfig(page)), filepath: page });
  if (process.env.CONFORMANCE_WRITE === '1') writeFileSync(page, formatted);
  else
    assert.ok(readPage(page) === formatted, `${path} is not current: run \`npm run conformance -- --write\``);
}

function readPage(page) {
  try {
    return readFileSync(page, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
