import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { loadSqlite } from './index.ts';

const open = () => new (loadSqlite())(':memory:');

describe('SQLite on the binary of libsql', () => {
  it('gives all rows of a statement, however many, each time it runs', () => {
    const database = open();
    database.exec('create table t (n, bytes)');
    const insert = database.prepare('insert into t values (?, ?)');
    expect(insert.reader).toBe(false);
    expect(insert.run([1, Buffer.from('one')])).toMatchObject({ changes: 1, lastInsertRowid: 1 });
    for (let n = 2; n <= 200; n += 1) insert.run([n, null]);

    const select = database.prepare('select * from t where n <= ? order by n');
    expect(select.reader).toBe(true);
    for (const count of [0, 1, 99, 100, 101, 200]) expect(select.all([count])).toHaveLength(count);
    expect(select.all([2])).toEqual([
      { n: 1, bytes: new Uint8Array(Buffer.from('one')).buffer },
      { n: 2, bytes: null },
    ]);
    database.close();
  });

  it('names what failed by a code', () => {
    const database = open();
    database.exec('create table t (n primary key); insert into t values (1)');
    expect(() => database.prepare('select x from y')).toThrow(
      expect.objectContaining({ code: 'SQLITE_ERROR', message: 'no such table: y' }),
    );
    expect(() => database.prepare('insert into t values (?)').run([1])).toThrow(
      expect.objectContaining({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' }),
    );
  });
});

it('has the binaries of one version, those for musl in packages that npm installs there alone', async () => {
  const { binaries, others } = await dependenciesOf('..');
  const ofMusl = await Promise.all(
    others.map(async (name) => dependenciesOf(name.replace('@vestibule', '../..'))),
  );
  expect(binaries.filter(([name]) => name.includes('musl'))).toEqual([]);
  expect(ofMusl).toMatchObject(
    ['arm64', 'x64'].map((arch) => ({
      binaries: [[`@libsql/linux-${arch}-musl`, '0.5.29']],
      manifest: {
        os: ['linux'],
        cpu: [arch],
        libc: ['musl'],
        engines: { node: '>=20 <24.20 || >=25 <26.6' },
      },
    })),
  );
  expect(new Set(binaries.map(([, version]) => version))).toEqual(new Set(['0.5.29']));
});

async function dependenciesOf(folder: string) {
  const text = await readFile(new URL(`${folder}/package.json`, import.meta.url), 'utf8');
  const manifest = JSON.parse(text) as Record<string, Record<string, string>>;
  const all = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const isBinary = ([name]: [string, string]) => name.startsWith('@libsql/');
  return {
    manifest,
    binaries: all.filter(isBinary),
    others: all.filter((one) => !isBinary(one)).map(([name]) => name),
  };
}
