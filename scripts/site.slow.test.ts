/** The site, built and looked at in a real browser: at a path of its host, as wide as a phone, and with no other host within reach. */
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = '/docs/';
const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
// VitePress needs most of a minute of CPU time, on a machine that may be busy.
const deadline = 900_000;

let folder: string;
let server: Server;
let browser: Browser;
let origin: string;
const foreign: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-site-'));
  const args = ['scripts/site.mjs', '--base', base, '--out', folder];
  await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 });
  server = createServer((request, response) => void answer(request.url ?? '/', response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (executable === undefined) throw new Error('No Chromium');
  browser = await chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
}, deadline);

afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
};

async function answer(url: string, response: import('node:http').ServerResponse): Promise<void> {
  const path = decodeURIComponent(new URL(url, 'http://site').pathname);
  const file = join(folder, path.slice(base.length - 1).replace(/\/$/, '/index.html'));
  const content = path.startsWith(base) ? await readFile(file).catch(() => undefined) : undefined;
  response
    .writeHead(content ? 200 : 404, { 'content-type': types[extname(file)] ?? 'text/plain' })
    .end(content);
}

async function open(path: string, width = 1280): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}${base}`) && !request.url().startsWith('data:'))
      foreign.push(request.url());
  });
  await page.goto(`${origin}${base}${path}`, { waitUntil: 'networkidle', timeout: deadline / 3 });
  return page;
}

it(
  'leads from the start to a guide, and finds a key by its search',
  async () => {
    const page = await open('');
    await page.click('.VPSidebar >> text=Sign in with Google', { timeout: deadline / 6 });
    await page.waitForURL(`**${base}guides/google.html`, { timeout: deadline / 6 });
    // The address changes before the page does.
    await page.waitForSelector('h1:has-text("Sign in with Google")', { timeout: deadline / 6 });
    await page.click('.VPNavBarSearch button');
    await page.fill('#localsearch-input', 'hostedDomains', { timeout: deadline / 6 });
    await page.waitForSelector('#localsearch-list .result', { timeout: deadline / 6 });
    expect(await page.textContent('#localsearch-list')).toContain('Google');
    await page.close();
  },
  deadline,
);

it(
  'fits a phone, is dark where that is wanted or the switch says so, and asks no other host for anything',
  async () => {
    for (const path of [
      '',
      'guides/openid-connect.html',
      'reference/configuration.html',
      'api/auth-node.html',
      'decisions/',
    ]) {
      const page = await open(path, 320);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, tooWide]).toEqual([path, 0]);
      await page.close();
    }
    const page = await open('');
    expect(await page.isVisible('.only-light')).toBe(true);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    expect(await page.isVisible('.only-dark')).toBe(true);
    expect(await page.isVisible('.only-light')).toBe(false);
    await page.close();
    // The switch is in the bar only where there is room; a narrower window has it in a menu.
    const switching = await open('', 1440);
    for (const [colours, others] of [
      ['.only-dark', '.only-light'],
      ['.only-light', '.only-dark'],
    ] as const) {
      await switching.click('.VPNavBarAppearance button', { timeout: deadline / 6 });
      await switching.waitForSelector(colours, { state: 'visible', timeout: deadline / 6 });
      expect(await switching.isVisible(others)).toBe(false);
    }
    await switching.close();
    expect(foreign).toEqual([]);
  },
  deadline,
);
