/** The action `auth:who-am-i`, on its own and on a host with and without an actions registry. */
import { describe, expect, it } from '@jest/globals';
import {
  actionsRegistryServiceRef,
  createServiceFactory,
  type ActionOptions,
  type ActionSchemas,
} from '@vestibule/backend-plugin-api';
import { mockCredentials, mockServices } from '@vestibule/backend-test-utils';
import { z } from 'zod';
import type { AuthUserInfoService } from '@vestibule/plugin-auth-node';
import { createMemoryCatalog } from '../testing/memoryCatalog.ts';
import { startPortal } from '../testing/portal.ts';
import { silentLogger } from '../testing/silentLogger.ts';
import { createWhoAmIAction } from './whoAmI.ts';

const janesRefs = ['user:default/jane', 'group:default/team-a', 'group:default/admins'];

function whoAmI(known: Record<string, readonly string[]> = { 'user:default/jane': janesRefs }) {
  const userInfo: AuthUserInfoService = {
    write: async () => undefined,
    read: async (sub) => Promise.resolve(known[sub] && { sub, ent: known[sub], team: 'not told' }),
  };
  const catalog = createMemoryCatalog();
  const { schema, action, ...about } = createWhoAmIAction({ auth: mockServices.auth(), catalog, userInfo });
  const call = async (credentials: Parameters<typeof action>[0]['credentials']) =>
    action({ input: {}, credentials, logger: silentLogger });
  return { about, schema, catalog, call };
}

describe('the action who-am-i', () => {
  it('changes nothing, and says so', () => {
    expect(whoAmI().about).toMatchObject({
      name: 'who-am-i',
      attributes: { destructive: false, idempotent: true, readOnly: true },
    });
  });

  it('answers the entity and what the user owns, as its schema says', async () => {
    const { call, schema, catalog } = whoAmI();
    const { output } = await call(mockCredentials.user());
    expect(output).toEqual({
      entity: catalog.entities[0],
      userInfo: { userEntityRef: 'user:default/jane', ownershipEntityRefs: janesRefs },
    });
    const schemas = z as unknown as ActionSchemas;
    const ofOutput = schema.output(schemas) as unknown as z.ZodType;
    const ofInput = schema.input(schemas) as unknown as z.ZodType;
    expect(ofOutput.parse(output)).toEqual(output);
    expect(ofInput.parse({ any: 'thing' })).toEqual({});
    expect(ofOutput.safeParse({ entity: {}, userInfo: {} }).success).toBe(false);
  });

  it('asks the catalog with the credentials of the user, who may see less than we do', async () => {
    const { call, catalog } = whoAmI();
    const asked: unknown[] = [];
    const { getEntityByRef } = catalog;
    catalog.getEntityByRef = async (ref, options) => {
      asked.push(ref, options.credentials);
      return getEntityByRef(ref, options);
    };
    const credentials = mockCredentials.user();
    await call(credentials);
    expect(asked).toEqual(['user:default/jane', credentials]);
  });

  it.each([
    ['a service', mockCredentials.service(), 'NotAllowedError', 'ERR_PRINCIPAL_NOT_ALLOWED'],
    ['nobody', mockCredentials.none(), 'NotAllowedError', 'ERR_PRINCIPAL_NOT_ALLOWED'],
    [
      'somebody who never signed in',
      mockCredentials.user('user:default/sam'),
      'NotFoundError',
      'ERR_USER_INFO_MISSING',
    ],
    [
      'somebody who is not in the catalog',
      mockCredentials.user('user:ephemeral/kim'),
      'NotFoundError',
      'ERR_USER_ENTITY_MISSING',
    ],
  ])('refuses %s', async (_, credentials, name, code) => {
    const { call } = whoAmI({ 'user:ephemeral/kim': ['user:ephemeral/kim'] });
    await expect(call(credentials)).rejects.toMatchObject({ name, code });
  });
});

describe('on a host', () => {
  it('with an actions registry the action is offered once, by the auth plugin', async () => {
    const offered: ActionOptions[] = [];
    const registry = createServiceFactory({
      service: actionsRegistryServiceRef,
      deps: {},
      factory: () => ({ register: (action) => void offered.push(action) }),
    });
    const portal = await startPortal({ features: [registry] });
    await portal.stop();
    expect(offered.map(({ name }) => name)).toEqual(['who-am-i']);
  });

  it('without one the plugin starts, and offers nothing', async () => {
    const portal = await startPortal();
    const answer = await fetch(`${portal.base}/.backstage/actions/v1/actions`);
    await portal.stop();
    expect(answer.status).toBe(404);
  });
});
