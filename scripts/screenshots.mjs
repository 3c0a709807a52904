// Takes the pictures in docs/images from the running demo; with an argument, those whose names begin with it:
//   node --conditions=vestibule:source --import ./scripts/ts.mjs scripts/screenshots.mjs [consent]
import { mkdir } from 'node:fs/promises';
import { findBrowser, launchBrowser } from '../plugins/auth-web/src/testing/browser.ts';
import { startDemo } from '../plugins/auth-web/src/testing/demo.ts';

const folder = new URL('../docs/images/', import.meta.url);
const wide = { width: 1120, height: 760 };
const narrow = { width: 390, height: 760 };
const narrowest = { width: 320, height: 640 };
// The port of the documentation, since addresses are seen in the pictures.
const port = Number(process.env.PORT ?? 7007);
const wanted = process.argv[2] ?? '';

const bothSchemes = ['light', 'dark'];
const english = 'Sign in with OpenID Connect';

/** A picture, without the page's own name and the colour scheme, which `take` adds. */
const shots = [
  {
    demo: {},
    pictures: [
      ...bothSchemes.flatMap((colorScheme) => {
        const options = { colorScheme, viewport: wide };
        return [
          [`sign-in-${colorScheme}`, options, ready],
          [`jane-${colorScheme}`, options, signIn('Jane', '.things')],
          [`kim-refused-${colorScheme}`, options, signIn('Kim', '#refusal-decision')],
          [
            `refused-explained-${colorScheme}`,
            { ...options, part: '#refusal' },
            signIn('Kim', '#refusal-decision'),
          ],
          [`guest-picker-${colorScheme}`, { ...options, part: '#choices' }, pick],
          [`unknown-address-${colorScheme}`, { ...options, path: '/nothing/here' }, ending],
          [`refused-window-${colorScheme}`, { ...options, path: refusedStart }, ending],
        ];
      }),
      ['sign-in-german', { viewport: wide, locale: 'de-DE' }, ready],
      [
        'kim-refused-german',
        { viewport: wide, locale: 'de-DE' },
        signIn('Kim', '#refusal-decision', 'Mit OpenID Connect anmelden'),
      ],
      ['unknown-address-german', { viewport: wide, locale: 'de-DE', path: '/nothing/here' }, ending],
      ['sign-in-320', { viewport: narrowest, isWhole: true }, ready],
      ['unknown-address-320', { viewport: narrowest, isWhole: true, path: '/nothing/here' }, ending],
      ['kim-refused-narrow', { viewport: narrow }, signIn('Kim', '#refusal-decision')],
      [
        'refused-explained-narrow',
        { viewport: narrow, part: '#refusal' },
        signIn('Kim', '#refusal-decision'),
      ],
      ['guest-picker-narrow', { viewport: narrow, part: '#choices' }, pick],
      ['jane-narrow', { viewport: narrow, colorScheme: 'dark' }, signIn('Jane', '.things')],
    ],
  },
  {
    demo: { isProduction: true, config: () => ({ app: { baseUrl: 'http://localhost:3000' } }) },
    pictures: [
      ...bothSchemes.map((colorScheme) => [
        `jane-production-${colorScheme}`,
        { colorScheme, viewport: wide },
        signIn('Jane', '.things', english, false),
      ]),
      [
        'jane-production-320',
        { viewport: narrowest, isWhole: true },
        signIn('Jane', '.things', english, false),
      ],
    ],
  },
  {
    demo: { config: ownLook },
    pictures: bothSchemes.map((colorScheme) => [
      `own-look-${colorScheme}`,
      { colorScheme, viewport: wide },
      ready,
    ]),
  },
  {
    demo: { config: hebrew },
    pictures: [['right-to-left', { viewport: wide, locale: 'he-IL' }, ready]],
  },
  {
    demo: { config: severalProviders },
    pictures: [
      ...bothSchemes.map((colorScheme) => [
        `several-providers-${colorScheme}`,
        { colorScheme, viewport: wide, part: '#choices' },
        ready,
      ]),
      ['several-providers-narrow', { viewport: narrow, part: '#choices' }, ready],
    ],
  },
  {
    demo: { config: oauthServer },
    pictures: [
      ...bothSchemes.map((colorScheme) => [
        `consent-${colorScheme}`,
        { colorScheme, viewport: wide, path: authorizePath },
        consent(),
      ]),
      [
        'consent-german',
        { viewport: wide, locale: 'de-DE', path: authorizePath },
        consent('Mit OpenID Connect anmelden'),
      ],
      ['consent-narrow', { viewport: narrow, isWhole: true, path: authorizePath }, consent()],
    ],
  },
];

const executablePath = findBrowser();
if (executablePath === undefined) process.exit(1);
await mkdir(folder, { recursive: true });
const browser = await launchBrowser(executablePath);
try {
  for (const { demo, pictures } of shots) {
    const chosen = pictures.filter(([name]) => name.startsWith(wanted));
    if (chosen.length > 0) {
      await withDemo({ port, ...demo }, async (url) => {
        for (const [name, options, arrange] of chosen) await take(name, { url, ...options }, arrange);
      });
    }
  }
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

/** As docs/guides/make-it-yours.md shows it. */
function ownLook() {
  return {
    auth: {
      signInPage: {
        title: 'Acme Portal',
        logo: 'docs/guides/make-it-yours/logo.svg',
        colors: { light: { accent: '#8a2d5c' }, dark: { accent: '#e79abf' } },
      },
    },
  };
}

/** A language of one's own, written from right to left. */
function hebrew() {
  return {
    auth: {
      signInPage: {
        messages: {
          he: {
            signIn: {
              tab: 'כניסה',
              heading: 'כניסה אל {title}',
              lead: 'בחרו כיצד להזדהות.',
              withProvider: 'כניסה עם {provider}',
              asProvider: 'המשך בתור {provider}',
              withoutPopup: 'כניסה ללא חלון קופץ',
              withoutPopupThrough: 'עם {provider}',
              guest: 'אורח',
            },
            picker: { summary: 'המשך בתור מישהו אחר' },
          },
        },
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
function authorizePath(url) {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: `${url}/api/auth/.well-known/oauth-client/cli.json`,
    redirect_uri: 'http://127.0.0.1:8055/callback',
    scope: 'openid offline_access',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  return `/api/auth/v1/authorize?${query}`;
}

/** A start that a page of somebody else's asks for. */
function refusedStart() {
  const query = new URLSearchParams({ env: 'development', origin: 'http://portal.example.com' });
  return `/api/auth/oidc/start?${query}`;
}

/** `part`: the picture shows only this element, whole. `isWhole`: the whole page, however long. */
async function take(name, options, arrange) {
  const {
    url,
    path = '/',
    colorScheme = 'light',
    viewport,
    part,
    isWhole = false,
    locale = 'en-GB',
  } = options;
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce', locale });
  const page = await context.newPage();
  await page.goto(`${url}${typeof path === 'function' ? path(url) : path}`);
  await arrange(page);
  // Out of the way, so that no button looks touched.
  await page.mouse.move(0, 0);
  const file = new URL(`${name}.png`, folder).pathname;
  await (part === undefined
    ? page.screenshot({ path: file, fullPage: isWhole })
    : page.locator(part).screenshot({ path: file }));
  await context.close();
  console.log(`docs/images/${name}.png`);
}

function ready(page) {
  return page.locator('button.choice').first().waitFor();
}

function ending(page) {
  return page.locator('.ending').waitFor();
}

/** In production the pictures of the identity provider, which is no https there, do not come. */
function signIn(name, seen, label = english, hasPicture = name === 'Jane') {
  return async (page) => {
    await ready(page);
    const button = page.getByRole('button', { name: label });
    const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()]);
    await popup.getByRole('button', { name: `Sign in as ${name}` }).click();
    await page.locator(seen).waitFor();
    await page.locator('#identity-picture').waitFor({ state: hasPicture ? 'visible' : 'attached' });
  };
}

function consent(label = english) {
  return signIn('Jane', '#allow:not([aria-disabled])', label);
}

async function pick(page) {
  await ready(page);
  await page.locator('.picker summary').click();
  await page.locator('.people button').first().waitFor();
}
