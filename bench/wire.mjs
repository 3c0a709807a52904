// What every wire needs: the cookies of a browser, and what to say of a wrong answer.

export function createJar() {
  const cookies = new Map();
  return {
    /** Takes Set-Cookie lines. One without a value ends a cookie. */
    keep(lines) {
      for (const line of lines) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
        if (value === '') cookies.delete(name);
        else cookies.set(name, { value, path: /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/' });
      }
    },
    /** The headers with which a browser asks for that path. */
    header(path) {
      const sent = [...cookies].filter(([, cookie]) => path.startsWith(cookie.path));
      return sent.length === 0
        ? {}
        : { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') };
    },
  };
}

export function wrong(flow, answer) {
  return new Error(`${flow}: a wrong answer: ${JSON.stringify(answer).slice(0, 1500)}`);
}
