/** The system's Chromium, for the browser tests and the screenshots. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const places = [
  process.env.VESTIBULE_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where the browser is; `undefined`, after one printed line, where there is none. In CI that is an error. */
export function findBrowser(): string | undefined {
  const path = places.find((place) => place !== undefined && existsSync(place));
  if (path !== undefined) return path;
  const line = 'Browser tests skipped: no Chromium found. VESTIBULE_TEST_BROWSER may name one.';
  if (process.env.CI) throw new Error(line);
  process.stderr.write(`${line}\n`);
  return undefined;
}

/** Starts it, with a fresh profile and without traffic of its own. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  // Costs three quarters of a second, so only where there is a browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
