/** The page of `vestibule graph --html` as people meet it, opened from a file. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startTestBackend } from '@vestibule/backend-test-utils';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceDecorator,
} from '@vestibule/backend-plugin-api';
import { formatGraph } from './formatGraph.ts';

const executablePath = [process.env.VESTIBULE_TEST_BROWSER, '/usr/bin/chromium', '/usr/bin/chromium-browser']
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path));

const greeters = createExtensionPoint<object>({ id: 'hello.greeters' });
const features = [
  createBackendPlugin({
    pluginId: 'hello',
    register({ registerExtensionPoint, registerInit }) {
      registerExtensionPoint(greeters, {});
      registerInit({
        deps: { logger: coreServices.logger, router: coreServices.httpRouter },
        init: () => {},
      });
    },
  }),
  createBackendModule({
    pluginId: 'hello',
    moduleId: 'french',
    register: ({ registerInit }) =>
      registerInit({ deps: { greeters, config: coreServices.rootConfig }, init: () => {} }),
  }),
  createServiceDecorator({
    service: coreServices.logger,
    name: 'quiet',
    deps: {},
    decorate: (inner) => inner,
  }),
];

if (executablePath === undefined) {
  it('is not checked without a browser', () => {
    expect(process.env.CI).toBeUndefined();
  });
} else {
  describe('the page of a graph', () => {
    let directory: string;
    let url: string;
    let browser: Browser;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'vestibule-graph-page-'));
      await using started = await startTestBackend({ features });
      const file = join(directory, 'graph.html');
      await writeFile(file, formatGraph(started.backend.explain(), 'html'));
      url = pathToFileURL(file).href;
      const { chromium } = await import('playwright-core');
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await rm(directory, { recursive: true });
    });
    beforeEach(async () => {
      complaints = [];
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      page.setDefaultTimeout(10_000);
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith(url)) complaints.push(`asks for ${request.url()}`);
      });
      await page.goto(url);
    });
    afterEach(async () => {
      await page.context().close();
      // What the content security policy blocked, and what was asked of the network.
      expect(complaints).toEqual([]);
    });

    it('shows for each plugin its modules, what each needs and how long it took', async () => {
      const card = page.getByRole('article', { name: /^hello/ });
      const row = card.getByRole('row', { name: /^french/ });
      expect(await row.getByRole('link').allTextContents()).toEqual(['hello.greeters', 'core.rootConfig']);
      expect(await row.textContent()).toMatch(/\d ms/);
      const itself = card.getByRole('row', { name: /^the plugin itself/ });
      expect(await itself.getByRole('link').allTextContents()).toEqual([
        'hello.greeters',
        'core.logger',
        'core.httpRouter',
      ]);
      const decorators = page.getByRole('region', { name: /^Decorators/ });
      expect(await decorators.textContent()).toMatch(/quiet.*core\.logger.*for hello: [\d.]+ ms/);
    });

    it('leads from a need to what is needed by the keyboard alone, and marks it', async () => {
      const link = page.getByRole('article', { name: /^hello/ }).getByRole('link', { name: 'core.logger' });
      const focused = page.locator(':focus');
      for (let pressed = 0; pressed < 100; pressed++) {
        await page.keyboard.press('Tab');
        if ((await focused.textContent()) === 'core.logger') break;
      }
      expect(await styleOf(':focus', 'outlineStyle')).toBe('solid');
      expect(await focused.getAttribute('href')).toBe(await link.getAttribute('href'));
      await page.keyboard.press('Enter');
      expect(await page.locator(':target').textContent()).toBe('core.logger');
      expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(0);
      const marked = await styleOf('tr:has(:target) > th', 'backgroundColor');
      expect(marked).not.toBe(await styleOf('tbody tr:not(:has(:target)) > th', 'backgroundColor'));
    });

    it('keeps its text apart from the ground in light and dark, and fits a narrow window', async () => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate<number>(faintestContrast)).toBeGreaterThanOrEqual(4.5);
      }
      await page.setViewportSize({ width: 400, height: 800 });
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(400);
    });

    async function styleOf(selector: string, property: string): Promise<string> {
      return page.evaluate<string>(
        `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`,
      );
    }
  });
}

/** Of all texts of the page, the smallest contrast with what is behind it (WCAG 2.2, success criterion 1.4.3). */
const faintestContrast = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = channels(colour).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return channels(colour)[3] === 0 && element.parentElement ? behind(element.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()),
  );
  return Math.min(
    ...texts.map((element) => {
      const [one, other] = [getComputedStyle(element).color, behind(element)].map(luminance);
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }),
  );
})()`;
