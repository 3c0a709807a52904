// The flows of peers whose sign-in ends with a cookie of their own: each has its paths, and its way to begin.
import { createJar, wrong } from './wire.mjs';

const rememberedSessions = 10_000;

/**
 * @param begin - With a connection and the jar of a new browser: the address of the provider that it is sent to.
 * @param reads - Flows by name, each a path that answers somebody signed in with a text: `[path, text]`.
 * @param refusal - What stands in the address that a failed callback leads to.
 */
export function cookieWire({ idp, begin, reads, refusal = 'error' }) {
  const sessions = [];
  let signedIn = 0;
  let read = 0;

  async function signIn(connection) {
    const jar = createJar();
    const location = await begin(connection, jar);
    const callback = idp.authorize(location);
    const answer = await connection.send('GET', callback, jar.header(callback));
    if (answer.status !== 302 || answer.headers.location.includes(refusal)) throw wrong('sign-in', answer);
    jar.keep(answer.cookies);
    sessions[signedIn++ % rememberedSessions] = jar;
  }

  async function readAs(flow, [path, expected], connection) {
    const jar = sessions[read++ % sessions.length];
    const answer = await connection.send('GET', path, jar.header(path));
    if (answer.status !== 200 || !answer.body.includes(expected)) throw wrong(flow, answer);
    jar.keep(answer.cookies);
  }

  return {
    'sign-in': signIn,
    start: async (connection) => void (await begin(connection, createJar())),
    ...Object.fromEntries(
      Object.entries(reads).map(([flow, route]) => [flow, (connection) => readAs(flow, route, connection)]),
    ),
  };
}
