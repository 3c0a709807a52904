/** Nothing of somebody else's is touched, and nothing half is left. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { obstaclesIn, writeProject } from './writeProject.ts';

describe('writeProject', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-create-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the folders on the way, and keeps .env from others', () => {
    const project = join(folder, 'apps/portal');
    writeProject(project, new Map([['.env', 'A=1\n'], ['src/signIn/module.ts', 'x\n']])); // prettier-ignore
    expect(readFileSync(join(project, 'src/signIn/module.ts'), 'utf8')).toBe('x\n');
    expect(statSync(join(project, '.env')).mode & 0o077).toBe(0);
  });

  it('never writes over a file, and takes back what it wrote before it met one', () => {
    mkdirSync(join(folder, 'project/src'), { recursive: true });
    writeFileSync(join(folder, 'project/src/index.ts'), 'mine');
    const files = new Map([
      ['README.md', 'x'],
      ['deep/er/file', 'x'],
      ['src/index.ts', 'x'],
      ['src/other.ts', 'x'],
    ]);
    expect(() => writeProject(join(folder, 'project'), files)).toThrow(/EEXIST.*index\.ts/);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
      'project',
      'project/src',
      'project/src/index.ts',
    ]);
    expect(readFileSync(join(folder, 'project/src/index.ts'), 'utf8')).toBe('mine');
  });

  it('finds what is in the way, but for a repository without files', () => {
    expect(obstaclesIn(join(folder, 'not there'))).toEqual([]);
    mkdirSync(join(folder, '.git'));
    expect(obstaclesIn(folder)).toEqual([]);
    writeFileSync(join(folder, 'notes.txt'), '');
    mkdirSync(join(folder, 'src'));
    expect(obstaclesIn(folder)).toEqual(['notes.txt', 'src']);
    expect(obstaclesIn(join(folder, 'notes.txt'))).toEqual([join(folder, 'notes.txt')]);
  });
});
