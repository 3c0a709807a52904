// Takes the pictures in docs/images from the running demo:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/screenshots.mjs
import { mkdir } from 'node:fs/promises';
import { findBrowser, launchBrowser } from '../plugins/auth-web/src/testing/browser.ts';
import { startDemo } from '../plugins/auth-web/src/testing/demo.ts';

const folder = new URL('../docs/images/', import.meta.url);
const wide = { width: 1120, height: 760 };
const narrow = { width: 390, height: 760 };
// The port of the documentation, since addresses are seen in the pictures.
const port = Number(process.env.PORT ?? 7007);

const executablePath = findBrowser();
if (executablePath === undefined) process.exit(1);
await mkdir(folder, { recursive: true });
const [demo, browser] = await Promise.all([startDemo(port), launchBrowser(executablePath)]);
try {
  for (const colorScheme of ['light', 'dark']) {
    await take(`sign-in-${colorScheme}`, { colorScheme, viewport: wide }, (page) => ready(page));
    await take(`jane-${colorScheme}`, { colorScheme, viewport: wide }, (page) =>
      signIn(page, 'Jane', '.things'),
    );
    await take(`kim-refused-${colorScheme}`, { colorScheme, viewport: wide }, (page) =>
      signIn(page, 'Kim', '#refusal'),
    );
  }
  await take('kim-refused-narrow', { colorScheme: 'light', viewport: narrow }, (page) =>
    signIn(page, 'Kim', '#refusal'),
  );
  await take('jane-narrow', { colorScheme: 'dark', viewport: narrow }, (page) =>
    signIn(page, 'Jane', '.things'),
  );
} finally {
  await browser.close();
  await demo.stop();
}

async function take(name, { colorScheme, viewport }, arrange) {
  const context = await browser.newContext({
    colorScheme,
    viewport,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await page.goto(demo.url);
  await arrange(page);
  // Out of the way, so that no button looks touched.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: new URL(`${name}.png`, folder).pathname });
  await context.close();
  console.log(`docs/images/${name}.png`);
}

function ready(page) {
  return page.locator('button.choice').first().waitFor();
}

async function signIn(page, name, seen) {
  await ready(page);
  const button = page.getByRole('button', { name: 'Sign in with OpenID Connect' });
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()]);
  await popup.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.locator(seen).waitFor();
  await page.locator('#identity-picture').waitFor({ state: name === 'Jane' ? 'visible' : 'attached' });
}
