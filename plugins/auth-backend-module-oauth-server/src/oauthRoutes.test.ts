import { expect, it } from '@jest/globals';
import type Router from '@koa/router';
import { createOAuthRoutes, isOAuthPath } from './oauthRoutes.ts';

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
