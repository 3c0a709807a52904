// The system's Chromium.
import { existsSync } from 'node:fs';

const places = [
  process.env.VESTIBULE_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where it is; `undefined`, after one printed line, where there is none. In CI that is an error. */
export function findChromium() {
  const path = places.find((place) => place !== undefined && existsSync(place));
  if (path !== undefined) return path;
  const line = 'Front end tests skipped: no Chromium found. VESTIBULE_TEST_BROWSER may name one.';
  if (process.env.CI) throw new Error(line);
  process.stderr.write(`${line}\n`);
  return undefined;
}

/** Starts it, with a fresh profile and without traffic of its own. */
export async function launchChromium(executablePath) {
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
