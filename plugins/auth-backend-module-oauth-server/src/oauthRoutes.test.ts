import { describe, expect, it } from '@jest/globals';
import type Router from '@koa/router';
import { oauthApi } from './api/oauthApi.ts';
import { createOAuthRoutes, isOAuthPath, oauthApiRoutes } from './oauthRoutes.ts';

const routes = createOAuthRoutes({
  server: { settings: { registration: true, clientMetadataDocuments: true } },
  grants: {},
} as never);
const { router } = routes.middleware[0] as unknown as { router: Router };
const paths = router.stack.map(({ path }) => String(path).replace(':handle', 'a-handle'));

it('lets each of its routes pass, in any letter case, with a query and without', () => {
  expect(paths.length).toBeGreaterThan(8);
  const spellings = paths.flatMap((path) => [path, `${path}?a=b`, `${path}/`, path.toUpperCase()]);
  expect(spellings.filter((path) => !isOAuthPath(path))).toEqual([]);
});

it.each([
  '/oidc/start?env=development',
  '/oidc/handler/frame?code=a',
  '/guest/refresh',
  '/v1/userinfo',
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/v1/tokens',
  '/x/v1/token',
])('leaves %s to sign-in', (url) => {
  expect(isOAuthPath(url)).toBe(false);
});

describe('of the OpenAPI document', () => {
  const all = { registration: true, clientMetadataDocuments: true } as never;
  const described = oauthApiRoutes({ settings: all, hasRefreshTokens: true });
  const servedBy = (router: Router) =>
    router.stack.map(({ path }) => String(path).replace(':handle', '{handle}'));

  it('the routes are those that are served, and all that there is something to say of', () => {
    expect(new Set(servedBy(router))).toEqual(new Set(described.map(({ path }) => path)));
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(
      Object.keys(oauthApi.operations).sort(),
    );
  });

  it('one that is served beside the table would be found', () => {
    const { middleware } = createOAuthRoutes({ server: { settings: all }, grants: {} } as never);
    const { router: other } = middleware[0] as unknown as { router: Router };
    other.get('/v1/planted', () => undefined);
    const paths = described.map(({ path }) => path);
    expect(servedBy(other).filter((path) => !paths.includes(path))).toEqual(['/v1/planted']);
  });

  it('has nothing of what is off', () => {
    expect(oauthApiRoutes({ settings: undefined, hasRefreshTokens: false })).toEqual([]);
    const paths = oauthApiRoutes({ settings: { staticClients: [] }, hasRefreshTokens: false }).map(
      ({ path }) => path,
    );
    expect(paths).not.toContain('/v1/register');
    expect(paths).toContain('/v1/token');
  });
});
