// Takes the pictures in docs/images from the running demo; with an argument, those whose names begin with it:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/screenshots.mjs [consent]
import { mkdir } from 'node:fs/promises';
import { findBrowser, launchBrowser } from '../plugins/auth-web/src/testing/browser.ts';
import { startDemo } from '../plugins/auth-web/src/testing/demo.ts';

const folder = new URL('../docs/images/', import.meta.url);
const wide = { width: 1120, height: 760 };
const narrow = { width: 390, height: 760 };
// The port of the documentation, since addresses are seen in the pictures.
const port = Number(process.env.PORT ?? 7007);
const wanted = process.argv[2] ?? '';

const executablePath = findBrowser();
if (executablePath === undefined) process.exit(1);
await mkdir(folder, { recursive: true });
const browser = await launchBrowser(executablePath);
try {
  await withDemo({ port }, async (url) => {
    for (const colorScheme of ['light', 'dark']) {
      const options = { url, colorScheme, viewport: wide };
      await take(`sign-in-${colorScheme}`, options, ready);
      await take(`jane-${colorScheme}`, options, (page) => signIn(page, 'Jane', '.things'));
      await take(`kim-refused-${colorScheme}`, options, (page) => signIn(page, 'Kim', '#refusal-decision'));
      await take(`refused-explained-${colorScheme}`, { ...options, part: '#refusal' }, (page) =>
        signIn(page, 'Kim', '#refusal-decision'),
      );
      await take(`guest-picker-${colorScheme}`, { ...options, part: '#choices' }, pick);
    }
    const light = { url, colorScheme: 'light', viewport: narrow };
    await take('kim-refused-narrow', light, (page) => signIn(page, 'Kim', '#refusal-decision'));
    await take('refused-explained-narrow', { ...light, part: '#refusal' }, (page) =>
      signIn(page, 'Kim', '#refusal-decision'),
    );
    await take('guest-picker-narrow', { ...light, part: '#choices' }, pick);
    await take('jane-narrow', { ...light, colorScheme: 'dark' }, (page) => signIn(page, 'Jane', '.things'));
  });
  await withDemo({ port, config: severalProviders }, async (url) => {
    for (const colorScheme of ['light', 'dark']) {
      await take(
        `several-providers-${colorScheme}`,
        { url, colorScheme, viewport: wide, part: '#choices' },
        ready,
      );
    }
    const light = { url, colorScheme: 'light', viewport: narrow, part: '#choices' };
    await take('several-providers-narrow', light, ready);
  });
  await withDemo({ port, config: oauthServer }, async (url) => {
    for (const colorScheme of ['light', 'dark']) {
      await take(`consent-${colorScheme}`, { url: authorizeUrl(url), colorScheme, viewport: wide }, consent);
    }
    await take(
      'consent-narrow',
      { url: authorizeUrl(url), colorScheme: 'light', viewport: narrow, isWhole: true },
      consent,
    );
  });
} finally {
  await browser.close();
}

async function withDemo(options, use) {
  const demo = await startDemo(options);
  try {
    await use(demo.url);
  } finally {
    await demo.stop();
  }
}

/** Nobody signs in through these: a vendor is asked for nothing before that. */
function severalProviders() {
  const client = { clientId: 'demo', clientSecret: 'dev-only-secret-of-the-demo' };
  const signIn = { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] };
  const oidc = (title, icon) => ({
    type: 'oidc',
    title,
    icon,
    development: {
      ...client,
      signIn,
      metadataUrl: 'https://login.example.com/.well-known/openid-configuration',
    },
  });
  return {
    auth: {
      providers: {
        google: { development: { ...client, signIn } },
        github: { development: client },
        acme: oidc('Acme', 'building'),
        partners: oidc('Acme for partners', 'shield'),
      },
    },
  };
}

function oauthServer() {
  return {
    auth: { clientIdMetadataDocuments: { enabled: true }, experimentalRefreshToken: { enabled: true } },
  };
}

/** What Backstage's command opens at `auth login`. */
function authorizeUrl(url) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: `${url}/api/auth/.well-known/oauth-client/cli.json`,
    redirect_uri: 'http://127.0.0.1:8055/callback',
    scope: 'openid offline_access',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  return `${url}/api/auth/v1/authorize?${query}`;
}

/** `part`: the picture shows only this element, whole. `isWhole`: the whole page, however long. */
async function take(name, { url, colorScheme, viewport, part, isWhole = false }, arrange) {
  if (!name.startsWith(wanted)) return;
  const context = await browser.newContext({
    colorScheme,
    viewport,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await page.goto(url);
  await arrange(page);
  // Out of the way, so that no button looks touched.
  await page.mouse.move(0, 0);
  const path = new URL(`${name}.png`, folder).pathname;
  await (part === undefined
    ? page.screenshot({ path, fullPage: isWhole })
    : page.locator(part).screenshot({ path }));
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

function consent(page) {
  return signIn(page, 'Jane', '#allow:not([aria-disabled])');
}

async function pick(page) {
  await ready(page);
  await page.locator('.picker summary').click();
  await page.locator('.people button').first().waitFor();
}
