// A browser as far as these tests need one: cookies by name and path, no redirects by itself, and reading the page that
// posts the answer of a sign-in.

/** A cookie jar with a fetch. */
export function createBrowser() {
  const cookies = new Map();
  return {
    cookies,
    async send(url, init = {}) {
      const { pathname } = new URL(url);
      const sent = [...cookies]
        .filter(
          ([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
        )
        .map(([name, { value }]) => `${name}=${value}`);
      const response = await fetch(url, {
        redirect: 'manual',
        ...init,
        headers: { ...(sent.length > 0 && { cookie: sent.join('; ') }), ...init.headers },
      });
      for (const line of response.headers.getSetCookie()) keep(cookies, line);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}

function keep(cookies, line) {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim());
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/';
  if (attributes.includes('Max-Age=0')) cookies.delete(name);
  else cookies.set(name, { value, path });
}

/** The message that the page posts to its opener: percent-encoded JSON. */
export function readAnswer(page) {
  const encoded = /["'](%7B[^"']*)["']/.exec(page)?.[1];
  if (!encoded) throw new Error(`no answer in the page: ${page}`);
  return JSON.parse(decodeURIComponent(encoded));
}
