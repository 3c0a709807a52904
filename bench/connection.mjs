// One kept-alive HTTP/1.1 connection, one request at a time: a client that costs less than the servers it asks.
import { connect } from 'node:net';

/** Headers are lower case; `cookies` are the Set-Cookie lines. Bodies are ASCII, as all answers here are. */
export function openConnection(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1');
  let received = '';
  let waiting;
  const fail = (error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error(`the server at ${port} closed the connection`)));
  socket.on('data', (chunk) => {
    received += chunk;
    const answer = readAnswer(received);
    if (!answer) return;
    received = '';
    const { resolve } = waiting;
    waiting = undefined;
    resolve(answer);
  });

  return {
    send(method, path, headers = {}, body = '') {
      let head = `${method} ${path} HTTP/1.1\r\nhost: localhost:${port}\r\n`;
      for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
      if (body !== '') head += `content-length: ${body.length}\r\n`;
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(`${head}\r\n${body}`, 'latin1');
      });
    },
    close: () => socket.destroy(),
  };
}

function readAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine, ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(statusLine.slice(9, 12));
  const headers = {};
  const cookies = [];
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'set-cookie') cookies.push(value);
    else headers[name] = value;
  }
  const body = readBody(text.slice(end + 4), status, headers);
  return body === undefined ? undefined : { status, headers, cookies, body };
}

function readBody(rest, status, headers) {
  if (status === 204 || status === 304) return '';
  if (headers['transfer-encoding'] !== 'chunked') {
    const length = Number(headers['content-length']);
    return rest.length < length ? undefined : rest;
  }
  if (!rest.endsWith('0\r\n\r\n')) return undefined;
  let body = '';
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = parseInt(rest.slice(at, lineEnd), 16);
    if (size === 0) return body;
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
