// The cases of the portal `refs`: what becomes of a reference that a resolver of somebody else's issues. Another one is a line.
import { fromApp } from './flows.mjs';

/** Signs in with claims, and asks for userinfo with the token. */
const issuing = (sub, ...ent) => ({
  name: `sub ${JSON.stringify(sub)}, ent ${JSON.stringify(ent)}`,
  async run({ send }) {
    const claims = encodeURIComponent(JSON.stringify({ sub, ent }));
    const answer = await send('GET', '/refs/refresh', { headers: { ...fromApp, 'x-claims': claims } });
    const { token } = JSON.parse(answer.text).backstageIdentity ?? { token: 'none' };
    await send('GET', '/v1/userinfo', { headers: { authorization: `Bearer ${token}` } });
  },
});

export const refs = [
  issuing('user:default/jane', 'user:default/jane', 'group:default/rockets'),
  issuing('User:Default/Jane.Doe', 'User:Default/Jane.Doe'),
  issuing('user:DEFAULT/JANE', 'Group:Default/Rockets', 'group:default/rockets', 'GROUP:default/ROCKETS'),
  issuing('user:default/jane'),
  issuing('user:default/jane doe', 'group:default/team one'),
  issuing('user:default/jane+doe', 'group:default/a+b'),
  issuing('user:default/jane@example.com', 'group:default/a@b'),
  issuing('user:default/jane', 'group:default/a/b'),
  issuing('user:default/jäne', 'group:default/ä'),
  issuing('user:default/4711', 'group:default/-'),
  issuing(`user:default/${'x'.repeat(64)}`, 'group:default/x'),
  issuing('group:default/readers', 'group:default/readers'),
  issuing('jane', 'user:default/jane'),
  issuing('user:jane', 'user:default/jane'),
  issuing('default/jane', 'user:default/jane'),
  issuing('user:default/jane', 'readers', 'group:readers'),
  issuing('user:default/a|b', 'user:default/jane'),
  issuing('user:default/a:b', 'user:default/jane'),
  issuing('user:default/a/b', 'user:default/jane'),
  issuing('user:default/jane', 'group:default/a|b'),
  issuing('user:default/jane', 'group:default/a:b'),
  issuing('user:default/jane', '', ' ', ':'),
  issuing('', 'user:default/jane'),
  issuing(' user:default/jane', 'user:default/jane '),
];
