// A browser for one host: sends exactly what it is told (no header of its own but Host and Cookie), keeps cookies by name,
// domain and path, and notes every exchange.
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * @param address - Where the host really listens. @param baseUrl - What it calls itself, which is sent as Host.
 * @param exchanges - Where what was sent and answered is added, as `{ name, sent, answer }`.
 */
export function createVisitor({ address, baseUrl, exchanges }) {
  const jar = new Map();
  const { host, protocol } = new URL(baseUrl);

  /** Sends a request. `path` is as in a request line; `name` says which exchange it is where the path is not the same twice. */
  async function send(method, path, { headers = {}, body, cookies = true, name = `${method} ${path}` } = {}) {
    const { pathname } = new URL(path.replace(/^\/\/+/, '/'), baseUrl);
    const kept = cookies ? cookieHeader(jar, pathname) : undefined;
    const answer = await exchange(address, method, path, {
      headers: {
        host,
        ...(protocol === 'https:' && { 'x-forwarded-proto': 'https', 'x-forwarded-host': host }),
        ...(kept && { cookie: kept }),
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
      body,
    });
    for (const line of answer.cookies) keep(jar, line);
    exchanges.push({ name, answer });
    return answer;
  }
  return { jar, send, exchanges };
}

function exchange(address, method, path, { headers, body }) {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, headers, agent: false, setHost: false },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const raw = Buffer.concat(chunks);
          resolve({
            method,
            status: answer.statusCode,
            headers: answer.headers,
            cookies: answer.headers['set-cookie'] ?? [],
            raw,
            text: (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString(),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function cookieHeader(jar, pathname) {
  return [...jar.values()]
    .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    .sort((one, other) => other.path.length - one.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

function keep(jar, line) {
  const { name, value, attributes } = readCookie(line);
  const { path = '/', domain = '' } = attributes;
  const key = `${name} ${domain} ${path}`;
  const ended =
    attributes['max-age'] === '0' || (attributes.expires && Date.parse(attributes.expires) < Date.now());
  if (ended) jar.delete(key);
  else jar.set(key, { name, value, path });
}

/** A Set-Cookie header, its attributes by their names in lower case; those without a value are `true`. */
export function readCookie(line) {
  const [pair, ...rest] = line.split(';').map((part) => part.trim());
  const attributes = rest.map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [part.toLowerCase(), true] : [part.slice(0, at).toLowerCase(), part.slice(at + 1)];
  });
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes: Object.fromEntries(attributes) };
}
