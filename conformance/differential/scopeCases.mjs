// Sequences of sign-in, refresh, start and sign-out with different scopes, as a front end makes them that asks for more on the
// way. Another sequence is a line: `in` is a start with its callback, `start` one that nobody follows, `denied` one that the
// vendor refuses; what stands behind is the scope, and none is asked for without.
import { fromApp, refreshPath, signIn, startPath } from './flows.mjs';

const steps = {
  in: async (visitor, query, at) => signIn(visitor, { flow: 'popup', ...query, at }),
  denied: async (visitor, query, at) => signIn(visitor, { flow: 'popup', refuse: true, ...query, at }),
  start: async ({ send }, query, at) =>
    send('GET', startPath({ flow: 'popup', ...query }), { name: `${at}GET /${query.provider}/start` }),
  refresh: async ({ send }, query, at) =>
    send('GET', refreshPath(query), { headers: fromApp, name: `${at}GET refresh` }),
  out: async ({ send }, { provider, env = 'development' }, at) =>
    send('POST', `/${provider}/logout?env=${env}`, { headers: fromApp, name: `${at}POST logout` }),
};

/** @param lines - Each a step and, after a colon, its scope; before the step, an environment in brackets. */
const sequence = (provider, ...lines) => ({
  name: `${provider}: ${lines.join(', ')}`,
  async run(visitor) {
    for (const [index, line] of lines.entries()) {
      const [, env, step, scope] = /^(?:\[(\w+)\] )?(\w+)(?:: (.*))?$/.exec(line);
      const query = { provider, ...(env && { env }), ...(scope !== undefined && { scope }) };
      await steps[step](visitor, query, `${index + 1}. `);
    }
  },
});

const calendar = 'https://www.googleapis.com/auth/calendar';

/** Of providers whose scopes are kept, and of one whose are not. */
export const scopeSequences = [
  sequence('oidc', 'in', 'start: phone', 'start', 'refresh'),
  sequence('oidc', 'in', 'in: phone', 'refresh: phone', 'refresh', 'refresh: openid', 'start: openid'),
  sequence('oidc', 'in: openid phone', 'in: openid', 'refresh: phone', 'out', 'start: openid', 'refresh'),
  sequence('oidc', 'in: phone', 'out', 'in', 'refresh: phone'),
  sequence('oidc', 'in', 'denied: phone', 'refresh', 'start: address'),
  sequence('oidc', 'in', 'refresh: openid', 'in: address', 'in: phone', 'refresh: address phone'),
  sequence('github', 'in', 'start: repo', 'refresh: read:user', 'start'),
  sequence('github', 'in: read:user', 'in: repo', 'refresh: repo', 'refresh: read:user', 'refresh', 'start'),
  sequence(
    'github',
    'in: repo gist',
    'in: read:user',
    'refresh: gist',
    'out',
    'start',
    'in',
    'refresh: repo',
  ),
  sequence(
    'google',
    'in',
    `start: ${calendar}`,
    `in: ${calendar}`,
    `refresh: ${calendar}`,
    'start',
    'refresh',
  ),
];

/** What only the portal `plain` has. */
export const scopeSequencesOfOurs = [
  sequence('oidc', 'in', '[auto] start: phone', '[auto] refresh', 'refresh'),
  sequence('oidc', '[delegation] in: phone', '[delegation] start', '[delegation] refresh: phone'),
  sequence('gitlab', 'in', 'start: api', 'in: api', 'refresh: api', 'start', 'refresh'),
];
