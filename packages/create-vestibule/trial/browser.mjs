// A person at a browser, on the pages of created projects.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { findChromium } from './kit.mjs';

export async function launchBrowser(context) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
  context.after(async () => browser.close());
  return browser;
}

/**
 * Vestibule's own page: presses the button, enters by the popup, and sees who it is.
 *
 * @returns what a portal gets, which the page shows in development only.
 */
export async function signInOnPage(browser, url, { button, enter, who }) {
  const { page, close } = await open(browser, url);
  await pressAndEnter(page, button, enter);
  await page.locator('#identity-ref', { hasText: who }).waitFor();
  const shown = page.locator('#answer');
  const answer = (await shown.count()) === 0 ? undefined : JSON.parse(await shown.textContent());
  await close();
  return answer;
}

/** The small page of a Backstage backend without a front end. */
export async function signInOnSmallPage(browser, url, { button, enter, who }) {
  const { page, close } = await open(browser, url);
  await pressAndEnter(page, button, enter);
  await page.locator('#answer', { hasText: 'userEntityRef' }).waitFor();
  assert.equal(JSON.parse(await page.locator('#answer').textContent()).userEntityRef, who);
  await close();
}

/** Vestibule's own page refuses, and says why. */
export async function refusedOnPage(browser, url, { button, enter, code }) {
  const { page, close } = await open(browser, url);
  await pressAndEnter(page, button, enter);
  await page.getByText(`Code: ${code}`).waitFor();
  await close();
}

async function open(browser, url) {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(url);
  return { page, close: async () => context.close() };
}

/** `enter` is what happens in the popup; without it there is none. */
async function pressAndEnter(page, name, enter) {
  const button = page.getByRole('button', { name, exact: true });
  if (enter === undefined) return button.click();
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()]);
  await enter(popup);
}

/** At the identity provider for development. */
export const asPerson = (name) => async (popup) =>
  popup.getByRole('button', { name: `Sign in as ${name}` }).click();

/** At the emulated GitHub: a form for each person. */
export const asLogin = (login) => async (popup) =>
  popup.locator(`form:has(input[name="login"][value="${login}"]) button`).first().click();
