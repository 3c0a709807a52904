/** A browser as far as HTTP goes: keeps cookies by name and path, and follows nothing by itself. */

/** What came back. @public */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The Set-Cookie headers as they were sent. */
  readonly setCookies: readonly string[];
}

/**
 * A cookie jar with a fetch, for tests of a whole sign-in. Ports do not separate cookies (RFC 6265 section 8.5), and
 * hosts are not told apart: one browser is for one backend. Redirects are answers like any other.
 *
 * @example
 * ```ts
 * const browser = new HttpBrowser();
 * const started = await browser.send(`${url}/api/auth/oidc/start?env=development`);
 * started.headers.get('location');
 * ```
 * @public
 */
export class HttpBrowser {
  readonly cookies = new Map<string, { value: string; path: string }>();

  /** Sends the cookies whose path fits (RFC 6265 section 5.1.4), and keeps what the answer sets. */
  async send(
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<HttpAnswer> {
    const { pathname } = new URL(url);
    const cookie = [...this.cookies]
      .filter(([, { path }]) => `${pathname}/`.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie !== '' && { cookie }), ...init.headers },
    });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.#keep(line);
    return { status: response.status, headers: response.headers, text: await response.text(), setCookies };
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const separator = pair.indexOf('=');
    const [name, value] = [pair.slice(0, separator), pair.slice(separator + 1)];
    const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/';
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, { value, path });
  }
}
