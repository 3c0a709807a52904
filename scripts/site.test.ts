/** The pages of the site, before VitePress makes anything of them: which there are, how one gets there, and where links lead. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

interface Link {
  text: string;
  link?: string;
  items?: Link[];
}
interface Gathered {
  sidebar: Link[];
  problems: string[];
}
const load = async (name: string): Promise<unknown> =>
  import(new URL(`site/${name}.mjs`, import.meta.url).href);
const { gather } = (await load('gather')) as { gather(folder: string): Gathered };
const { replaceLinks } = (await load('markdownLinks')) as {
  replaceLinks(text: string, replace: (target: string, line: number) => string): string;
};
const { builtProblems } = (await load('builtProblems')) as {
  builtProblems(folder: string, base: string): string[];
};

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let gathered: Gathered;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-site-'));
  gathered = gather(folder);
});
afterAll(async () => rm(folder, { recursive: true }));

const page = (address: string) => readFileSync(join(folder, `${address}.md`), 'utf8');
const linksOf = (links: Link[]): string[] =>
  links.flatMap(({ link, items = [] }) => [...(link === undefined ? [] : [link]), ...linksOf(items)]);

describe('the pages of the site', () => {
  it.each(['guides', 'reference', 'decisions'])('has all of docs/%s in the navigation', (name) => {
    const names = readdirSync(join(root, 'docs', name)).filter((file) => file.endsWith('.md'));
    const links = linksOf(gathered.sidebar);
    expect(names.length).toBeGreaterThan(3);
    expect(
      names.map((file) => `/${name}/${file.replace('.md', '')}`).filter((link) => !links.includes(link)),
    ).toEqual([]);
  });

  it('leads to each page once, and to none that is not there', () => {
    const links = linksOf(gathered.sidebar);
    expect(links.filter((link, place) => links.indexOf(link) !== place)).toEqual([]);
    const fileOf = (link: string) => join(folder, `${link.endsWith('/') ? `${link}index` : link}.md`);
    expect(links.filter((link) => !existsSync(fileOf(link)))).toEqual([]);
  });

  it('begins with the start, then guides, reference, packages and decisions', () => {
    expect(gathered.sidebar[0]?.text).toBe('Start');
    const order = ['Connect a provider', 'Reference', 'API', 'Packages', 'Decisions'];
    const texts = gathered.sidebar.map(({ text }) => text);
    expect(texts.filter((text) => order.includes(text))).toEqual(order);
  });

  it('leads from page to page, and shows files of the repository that pages name', () => {
    expect(gathered.problems).toEqual([]);
    expect(page('index')).toContain('](/guides/google)');
    expect(page('guides/replace-a-service')).toContain('](/source/plugins/auth-node/src/services)');
    expect(page('source/plugins/auth-node/src/services')).toContain('sessionStore.ts');
    expect(page('index')).toContain('src="/images/sign-in-light.png"');
    expect(existsSync(join(folder, 'public/images/sign-in-dark.png'))).toBe(true);
  });

  it('has what contract packages export, a heading for each name', () => {
    expect(page('api/catalog-node')).toContain(
      '## CatalogService\n\n```ts\nexport interface CatalogService {',
    );
  });

  it('takes links for links, and code for code', () => {
    const seen: [string, number][] = [];
    const text = ['[a](one.md) `[b](two.md)`', '```', '[c](three.md)', '```', '<img src="four.png">'].join(
      '\n',
    );
    const replaced = replaceLinks(text, (target, line) => {
      seen.push([target, line]);
      return 'x';
    });
    expect(seen).toEqual([
      ['one.md', 1],
      ['four.png', 5],
    ]);
    expect(replaced).toContain('[a](x) `[b](two.md)`');
    expect(replaced).toContain('[c](three.md)');
  });
});

describe('what was built', () => {
  it.each([
    ['<a href="/docs/gone.html">', 'index.html: links to /docs/gone.html, which is not there'],
    [
      '<a class="x" href="/docs/index.html#gone">',
      'index.html: links to /docs/index.html#gone, and no heading there has that name',
    ],
    ['<a href="/index.html">', 'index.html: links to /index.html, which is outside /docs/'],
    ['<script async src="https://cdn.example/x.js">', 'index.html: fetches https://cdn.example/x.js'],
    ['<link rel="preload" href="//fonts.example/x.woff2">', 'index.html: fetches //fonts.example/x.woff2'],
    ['<a href="#there"> <a href="./"> <a href="https://elsewhere.example/">', undefined],
  ])('is refused with %s', async (html, problem) => {
    const built = await mkdtemp(join(tmpdir(), 'vestibule-built-'));
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(built, 'index.html'), `<h1 id="there">There</h1> ${html}`);
    const problems = builtProblems(built, '/docs/');
    await rm(built, { recursive: true });
    expect(problems).toEqual(problem === undefined ? [] : [problem]);
  });
});
