/** Reading again what files say, with real files and links. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { followConfig } from '@vestibule/backend-plugin-api';
import { createLiveConfig, type LiveConfig } from './liveConfig.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-live-'));
  await writeFile(join(directory, 'secret'), 'first\n');
  await write('acme: { secret: { $file: secret }, name: acme, list: [one] }');
});
afterEach(async () => rm(directory, { recursive: true }));

const write = async (text: string) => writeFile(join(directory, 'app-config.yaml'), text);
const load = async (): Promise<LiveConfig> => createLiveConfig({ environment: {}, directory });

/** What a follower is told. */
function follow(config: LiveConfig, path: string): unknown[] {
  const told: unknown[] = [];
  followConfig({ config, path, onChange: (value) => told.push(value) });
  return told;
}

describe('config that lives on', () => {
  it('changes where somebody follows, and tells what else changed', async () => {
    const config = await load();
    const told = follow(config, 'acme.secret');
    expect(config.filesOfValues()).toEqual([join(directory, 'secret')]);
    await writeFile(join(directory, 'secret'), 'second\n');
    await write('acme: { secret: { $file: secret }, name: other, list: [one, two] }');
    expect(await config.reload()).toEqual({
      problems: [],
      applied: ['acme.secret'],
      atNextStart: ['acme.name', 'acme.list[1]'],
    });
    expect(told).toEqual(['second']);
    expect(config.getOptional('acme')).toEqual({ secret: 'second', name: 'acme', list: ['one'] });
    expect(config.locate(['acme', 'secret'])).toMatchObject({ file: 'app-config.yaml', line: 1 });
    expect(config.sourceOf?.(['acme', 'secret'])).toBe('the file secret');
    // Told once.
    expect(await config.reload()).toEqual({ problems: [], applied: [], atNextStart: [] });
    expect(told).toHaveLength(1);
  });

  it('replaces what is followed as a whole: a list may grow, a key may go', async () => {
    const config = await load();
    const [list, whole] = [follow(config, 'acme.list'), follow(config, 'acme')];
    await write('acme: { list: [one, two] }');
    expect(await config.reload()).toMatchObject({ applied: ['acme.list', 'acme'], atNextStart: [] });
    expect(list).toEqual([['one', 'two']]);
    expect(whole).toEqual([{ list: ['one', 'two'] }]);
    await write('other: 1');
    await config.reload();
    expect([config.has('acme'), list.at(-1)]).toEqual([false, undefined]);
  });

  it('stays as it was while a file has a fault, and follows once it has none', async () => {
    const config = await load();
    const told = follow(config, 'acme.secret');
    await rm(join(directory, 'secret'));
    const { problems, ...rest } = await config.reload();
    expect(problems).toEqual([
      expect.objectContaining({ code: 'ERR_CONFIG_FILE_MISSING', path: 'acme.secret' }),
    ]);
    expect([rest, told, config.getString('acme.secret')]).toEqual([
      { applied: [], atNextStart: [] },
      [],
      'first',
    ]);
    await writeFile(join(directory, 'secret'), 'second');
    await config.reload();
    expect(told).toEqual(['second']);
  });

  it('tells nobody who no longer follows', async () => {
    const config = await load();
    const told: unknown[] = [];
    const stop = followConfig({ config, path: 'acme.secret', onChange: (value) => told.push(value) });
    stop();
    await writeFile(join(directory, 'secret'), 'second');
    await config.reload();
    expect(told).toEqual([]);
  });

  it('reads through links as Kubernetes makes them', async () => {
    const [old, now] = [join(directory, '..1'), join(directory, '..2')];
    for (const [folder, text] of [
      [old, 'first'],
      [now, 'second'],
    ] as const) {
      await mkdir(folder);
      await writeFile(join(folder, 'mounted'), text);
    }
    await symlink('..1', join(directory, '..data'));
    await symlink(join('..data', 'mounted'), join(directory, 'mounted'));
    await write('acme: { secret: { $file: mounted } }');
    const config = await load();
    const told = follow(config, 'acme.secret');
    await symlink('..2', join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    await config.reload();
    expect(told).toEqual(['second']);
  });
});
