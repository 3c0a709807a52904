// Bundles the app and serves it from an origin of its own, as `yarn start` of a Backstage app does.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Starts serving.
 *
 * @param entry - The file of this folder that the app begins with.
 * @returns `url`, the origin; `configure(config)`, which the next page load finds; `stop()`.
 */
export async function serveApp(entry = 'app.jsx') {
  const bundle = await bundleApp(entry);
  let config = {};
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/app.js') {
      response.setHeader('Content-Type', 'text/javascript').end(bundle);
    } else if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
    } else {
      response.setHeader('Content-Type', 'text/html').end(page(config));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}`,
    configure(next) {
      config = next;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As an app-backend injects its config. */
function page(config) {
  const injected = JSON.stringify([{ context: 'app', data: config }]).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Acme</title>
    <script type="backstage.io/config">${injected}</script>
  </head>
  <body><div id="root"></div><script src="/app.js"></script></body>
</html>
`;
}

async function bundleApp(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.APP_CONFIG': '[]', global: 'globalThis' },
    logLevel: 'error',
  });
  return outputFiles.find(({ path }) => path.endsWith('.js')).contents;
}
