/** A browser as far as HTTP goes: keeps cookies by name and path, and follows nothing by itself. */

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The Set-Cookie headers as they were sent. */
  readonly setCookies: readonly string[];
}

/** A cookie jar with a fetch. Ports do not separate cookies (RFC 6265 section 8.5). */
export interface Browser {
  readonly cookies: ReadonlyMap<string, { readonly value: string; readonly path: string }>;
  send(url: string, init?: { method?: string; headers?: Record<string, string> }): Promise<Answer>;
}

export function createBrowser(): Browser {
  const cookies = new Map<string, { value: string; path: string }>();

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const separator = pair.indexOf('=');
    const name = pair.slice(0, separator);
    const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/';
    if (attributes.includes('Max-Age=0')) cookies.delete(name);
    else cookies.set(name, { value: pair.slice(separator + 1), path });
  }

  return {
    cookies,
    async send(url, init = {}) {
      const { pathname } = new URL(url);
      const cookie = [...cookies]
        .filter(([, { path }]) => `${pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`))
        .map(([name, { value }]) => `${name}=${value}`)
        .join('; ');
      const response = await fetch(url, {
        redirect: 'manual',
        ...init,
        headers: { ...(cookie !== '' && { cookie }), ...init.headers },
      });
      const setCookies = response.headers.getSetCookie();
      setCookies.forEach(keep);
      return { status: response.status, headers: response.headers, text: await response.text(), setCookies };
    },
  };
}
