/* The resolvers of GitHub against accounts and catalogs that only look right, through a real backend. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@vestibule/backend-plugin-api';
import { HttpBrowser, type PopupMessage } from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';
import { user } from './testing/catalog.ts';
import { startPortal, type Portal } from './testing/portal.ts';
import {
  clientId,
  clientSecret,
  startScriptedGitHub,
  type ScriptedGitHub,
} from './testing/scriptedGitHub.ts';

let gitHub: ScriptedGitHub;
let portal: Portal | undefined;

beforeAll(async () => {
  gitHub = await startScriptedGitHub();
});
afterEach(async () => {
  await portal?.stop();
  portal = undefined;
  gitHub.reset();
});
afterAll(async () => gitHub.close());

async function signInWith(resolver: JsonObject, entities: readonly Entity[]): Promise<PopupMessage> {
  portal = await startPortal({
    gitHub: { url: gitHub.url, authorize: async (url) => (await gitHub.authorize(url)).href },
    clientId,
    clientSecret,
    entities,
    // With an address, so that a refusal is not for want of one.
    block: { additionalScopes: ['user:email'], signIn: { resolvers: [resolver] } },
  });
  return portal.signIn(new HttpBrowser(), 'jane');
}

const refOf = ({ response }: PopupMessage): string | undefined =>
  response?.backstageIdentity?.identity.userEntityRef;

describe('usernameMatchingUserEntityName', () => {
  const resolver = { resolver: 'usernameMatchingUserEntityName' };

  it.each([
    'jane[bot]',
    '-jane',
    'jane-',
    'a-login-of-more-than-the-sixty-three-characters-that-entities-may-have',
    'jane/admin',
    'jane\u0000',
    '',
  ])('makes nobody of the login %j, which no entity can have', async (login) => {
    gitHub.user = { ...gitHub.user, login };
    const answer = await signInWith(resolver, [user('jane'), user('admin')]);
    expect([answer.error?.code, answer.response]).toEqual(['ERR_RESOLVER_NO_MATCH', undefined]);
  });

  it('finds a user whatever the letter case', async () => {
    gitHub.user = { ...gitHub.user, login: 'Jane' };
    expect(refOf(await signInWith(resolver, [user('jane')]))).toBe('user:default/jane');
  });

  it('signs in who is not in the catalog only where that is allowed, and then says so at start', async () => {
    expect((await signInWith(resolver, [])).error?.code).toBe('ERR_RESOLVER_NO_MATCH');
    await portal?.stop();
    const allowed = { ...resolver, dangerouslyAllowSignInWithoutUserInCatalog: true };
    expect(refOf(await signInWith(allowed, []))).toBe('user:default/jane');
    expect(portal?.logs.join('\n')).toContain('not in the catalog');
  });
});

describe('userIdMatchingUserEntityAnnotation', () => {
  const resolver = { resolver: 'userIdMatchingUserEntityAnnotation' };
  const nodeId = 'MDQ6VXNlcjU4MzIzMQ==';

  it('finds the user with that very node id', async () => {
    const entities = [user('jane', { nodeId }), user('omar', { nodeId: 'MDQ6VXNlcjk5' })];
    expect(refOf(await signInWith(resolver, entities))).toBe('user:default/jane');
  });

  it('is nobody else’s when the node id differs in letter case only', async () => {
    const answer = await signInWith(resolver, [user('boss', { nodeId: nodeId.toLowerCase() })]);
    expect([answer.error?.code, answer.response]).toEqual(['ERR_CATALOG_ANSWER_INVALID', undefined]);
  });

  it('chooses nobody where several have the node id', async () => {
    const entities = [user('jane', { nodeId }), user('boss', { nodeId })];
    expect((await signInWith(resolver, entities)).error?.code).toBe('ERR_AMBIGUOUS_MATCH');
  });

  it.each([[undefined], [''], [583231], [['MDQ6VXNlcjU4MzIzMQ==']], [{ toString: nodeId }]])(
    'makes nobody of the node id %j',
    async (given) => {
      gitHub.user = { ...gitHub.user, node_id: given };
      const answer = await signInWith(resolver, [user('jane', { nodeId })]);
      expect([answer.error?.code, answer.response]).toEqual(['ERR_RESOLVER_NO_MATCH', undefined]);
    },
  );

  it.each([
    ['a comma', 'MDQ6,kind=group'],
    ['a control character', 'MDQ6\u0000'],
    ['300 characters', 'x'.repeat(300)],
  ])('does not make a query of a node id with %s', async (_what, given) => {
    gitHub.user = { ...gitHub.user, node_id: given };
    const answer = await signInWith(resolver, [user('jane', { nodeId })]);
    expect([answer.error?.code, answer.response]).toEqual(['ERR_CATALOG_QUERY_UNSAFE', undefined]);
  });

  it('follows the account when its login changes hands: the new owner is somebody else', async () => {
    gitHub.user = { ...gitHub.user, id: 99, node_id: 'U_kgDOother' };
    const answer = await signInWith(resolver, [user('jane', { nodeId })]);
    expect([answer.error?.code, answer.response]).toEqual(['ERR_RESOLVER_NO_MATCH', undefined]);
  });
});

describe('preferredUsernameMatchingUserEntityName, which Backstage only names,', () => {
  it('is a fault of the config', async () => {
    const start = signInWith({ resolver: 'preferredUsernameMatchingUserEntityName' }, [user('jane')]);
    await expect(start).rejects.toThrow('preferredUsernameMatchingUserEntityName');
  });
});
