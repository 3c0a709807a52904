import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoggerService, RootConfigService } from '@vestibule/backend-plugin-api';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { fileCatalogServiceFactory } from './fileCatalogServiceFactory.ts';
import { serviceCredentials } from './testing/callingPlugin.ts';

const demo = fileURLToPath(new URL('../../../examples/demo-catalog.yaml', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-catalog-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function configOf(data: Record<string, unknown>): RootConfigService {
  return {
    getOptional: (key?: string) => (key === undefined ? data : data[key]),
    locate: () => ({ file: 'app-config.yaml', line: 3, column: 9 }),
  } as unknown as RootConfigService;
}

/** As a backend does it: the root context once, then the instance of one plugin. */
async function start(path: string | undefined): Promise<{ catalog: CatalogService; lines: string[] }> {
  const lines: string[] = [];
  const rootConfig = configOf({ fileCatalog: { path } });
  const log =
    (level: string) =>
    (message: string): void =>
      void lines.push(`${level} ${message}`);
  const rootLogger = { info: log('info'), warn: log('warn') } as LoggerService;
  const context = await fileCatalogServiceFactory.createRootContext?.({ rootConfig, rootLogger });
  const catalog = (await fileCatalogServiceFactory.factory(
    { rootConfig, rootLogger },
    context,
  )) as CatalogService;
  return { catalog, lines };
}

describe('the file catalog', () => {
  it('reads its file relative to the working directory and says what it found', async () => {
    const file = join(folder, 'people.yaml');
    await writeFile(file, 'apiVersion: v1\nkind: User\nmetadata: {name: jane}\nspec: {memberOf: [team-a]}\n');
    const path = relative(process.cwd(), file);
    const { catalog, lines } = await start(path);
    expect(
      await catalog.getEntityByRef('user:default/jane', { credentials: serviceCredentials }),
    ).toMatchObject({
      relations: [{ type: 'memberOf', targetRef: 'group:default/team-a' }],
    });
    expect(lines).toEqual([
      `info The catalog is ${path}, with 1 entities`,
      `warn ${path} refers to what it does not have: group:default/team-a`,
    ]);
  });

  it('refuses to start without a path', async () => {
    for (const path of [undefined, '']) {
      await expect(start(path)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        problems: [expect.objectContaining({ path: 'fileCatalog.path' })],
      });
    }
  });

  it('refuses to start without its file, and says where the config names it', async () => {
    await expect(start('no/such.yaml')).rejects.toMatchObject({
      code: 'ERR_FILE_CATALOG_UNREADABLE',
      message: 'cannot read no/such.yaml (ENOENT), named by fileCatalog.path at app-config.yaml:3:9',
    });
  });

  it('refuses to start with a file that is wrong', async () => {
    const file = join(folder, 'wrong.yaml');
    await writeFile(file, 'kind: User');
    await expect(start(file)).rejects.toMatchObject({ code: 'ERR_FILE_CATALOG_INVALID' });
  });
});

describe('the demo catalog', () => {
  it('has Jane with her groups and what they own, Omar with 300 groups, Sam, and not Kim', async () => {
    const { catalog, lines } = await start(demo);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    const userOf = async (name: string): Promise<string[] | undefined> => {
      const { items } = await catalog.getEntities(
        { filter: { kind: 'user', 'spec.profile.email': `${name}@example.com` } },
        { credentials: serviceCredentials },
      );
      const [user] = items;
      return user?.relations?.filter(({ type }) => type === 'memberOf').map(({ targetRef }) => targetRef);
    };
    expect(await userOf('jane')).toEqual([
      'group:default/admins',
      'group:default/on-call',
      'group:default/team-a',
    ]);
    expect(await userOf('omar')).toHaveLength(300);
    expect(await userOf('sam')).toEqual(['group:default/team-b']);
    expect(await userOf('kim')).toBeUndefined();

    const owned = await catalog.getEntities(
      {
        filter: {
          kind: 'component',
          'relations.ownedBy': [...((await userOf('jane')) ?? []), 'user:default/jane'],
        },
        order: { field: 'metadata.name', order: 'asc' },
      },
      { credentials: serviceCredentials },
    );
    expect(owned.items.map(({ metadata }) => metadata.title)).toEqual([
      'Checkout',
      'Checkout pages',
      "Jane's notes",
      'Pager bot',
      'Developer portal',
    ]);
  });
});
