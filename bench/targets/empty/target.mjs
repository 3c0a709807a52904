import { here } from '../../server.mjs';

/** An empty answer of node:http, which costs are counted in. */
export const empty = {
  title: 'an empty node:http server',
  prepare: ({ folder, port }) => ({
    program: { args: [`${here}/targets/empty/server.mjs`, port], cwd: folder, port, readyPath: '/' },
    flows: { empty: (connection) => connection.send('GET', '/') },
  }),
};
