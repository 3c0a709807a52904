// VitePress' settings. `npm run docs:site` gathers the pages, and says where they are and how they are ordered.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const sidebar = JSON.parse(readFileSync(new URL('../pages/sidebar.json', import.meta.url), 'utf8'));

const arch =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#1b6670" d="M2 15V8a6 6 0 0 1 12 0v7h-3V8a3 3 0 0 0-6 0v7z"/></svg>';

export default defineConfig({
  title: 'Vestibule',
  description: 'Sign-in for modular backends.',
  lang: 'en',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  // The pages are made for each build, so that git knows nothing of their times.
  lastUpdated: false,
  // Of the demo, which runs on the reader's own machine.
  ignoreDeadLinks: 'localhostLinks',
  head: [
    ['style', {}, coloursOfTheSignInPage()],
    ['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(arch)}` }],
  ],
  markdown: {
    // Anchors as GitHub makes them, since that is where the same pages are read, too.
    anchor: { slugify: slug },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar,
    nav: [
      { text: 'Guides', link: '/guides/openid-connect', activeMatch: '^/guides/' },
      { text: 'Reference', link: '/reference/configuration', activeMatch: '^/reference/' },
      { text: 'API', link: '/api/backend-plugin-api', activeMatch: '^/api/' },
      { text: 'Decisions', link: '/decisions/', activeMatch: '^/decisions/' },
    ],
    externalLinkIcon: true,
  },
});

function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** The custom properties of its stylesheet, the dark ones for the class that VitePress sets. */
function coloursOfTheSignInPage() {
  const stylesheet = readFileSync(
    new URL('../../plugins/auth-web/assets/style.css', import.meta.url),
    'utf8',
  );
  const [light, dark] = [...stylesheet.matchAll(/:root \{([^}]*)\}/g)].map(([, declarations]) =>
    (declarations.match(/--[\w-]+: [^;]+;/g) ?? []).map((one) => one.replace('--', '--vestibule-')).join(''),
  );
  return `:root{${light}}.dark{${dark}}`;
}
