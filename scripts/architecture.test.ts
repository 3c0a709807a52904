/** ARCHITECTURE.md is held to the tree and to the data of who imports whom. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
const { forbidden } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string; comment?: string }[];
};

/** Folder or room -> what the rule of that name lets it import. */
function allowedBy(rule: string): Map<string, string[]> {
  return new Map(
    forbidden
      .filter(({ name }) => name.startsWith(`${rule} `))
      .map(({ name, comment = '' }) => [
        name.slice(rule.length + 1),
        (/may import: (.*)$/.exec(comment)?.[1] ?? '').split(', '),
      ]),
  );
}

/** The first block of code under a heading. */
function blockUnder(heading: string): string {
  const section = text.split(`\n## ${heading}\n`)[1] ?? '';
  return section.split('```')[1] ?? '';
}

function foldersIn(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(root, path, entry.name)).length > 0)
    .map(({ name }) => name);
}

/** The names at the beginning of lines, for example `keys/` and `auth-backend-module-*\/`. */
function listedIn(block: string): string[] {
  return block
    .split('\n')
    .flatMap((line) => /^ *((?:[\w.*-]+\/ *)+)/.exec(line)?.[1]?.trim().split(/\/ */) ?? [])
    .filter(Boolean);
}

const matches = (pattern: string, name: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.+')}$`).test(name);

describe('ARCHITECTURE.md', () => {
  it.each(['packages', 'plugins'])('lists the folders of %s, and no other', (folder) => {
    const [, listing = ''] =
      new RegExp(`^${folder}/.*\\n((?: +.*\\n)+)`, 'm').exec(blockUnder('The tree')) ?? [];
    const listed = listedIn(listing);
    const present = foldersIn(folder);
    expect(present.filter((name) => !listed.some((pattern) => matches(pattern, name)))).toEqual([]);
    expect(listed.filter((pattern) => !present.some((name) => matches(pattern, name)))).toEqual([]);
  });

  it('lists the rooms of sign-in, and no other', () => {
    const rooms = foldersIn('plugins/auth-backend/src').filter((name) => name !== 'testing');
    expect(listedIn(blockUnder('A sign-in, room by room')).sort()).toEqual(rooms.sort());
  });

  it('draws arrows that the data allows', () => {
    const allowed = allowedBy('arrows of');
    const isFolder = (name: string) => allowed.has(`packages/${name}`) || allowed.has(`plugins/${name}`);
    const pathOf = (name: string) =>
      [`packages/${name}`, `plugins/${name}`].find((path) => allowed.has(path))!;
    const drawn = blockUnder('Who imports whom')
      .split('\n')
      .flatMap((line) => {
        const sides = line.split(/─+→/).map((side) => side.match(/[\w-]+/g)?.filter(isFolder) ?? []);
        return sides
          .slice(1)
          .flatMap((right, index) =>
            sides[index]!.flatMap((from) => right.map((to) => [pathOf(from), pathOf(to)] as const)),
          );
      });
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.filter(([from, to]) => !allowed.get(from)?.includes(to))).toEqual([]);
  });

  it('names files and folders that are there', () => {
    const named = [
      ...text.matchAll(/`((?:packages|plugins|docs|examples|conformance|scripts)\/[^`*<>]+)`/g),
    ].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
