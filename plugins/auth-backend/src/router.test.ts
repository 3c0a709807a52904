import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackendModule } from '@vestibule/backend-plugin-api';
import { authApiExtensionPoint, authServerMetadataExtensionPoint } from '@vestibule/plugin-auth-node';
import { signInApi } from './api/signInApi.ts';
import { startPortal, type Portal } from './testing/portal.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => portal.stop());

describe('a path or method that a known provider does not have', () => {
  it.each([
    ['GET', '/oidc'],
    ['GET', '/oidc/'],
    ['GET', '/oidc/nope'],
    ['GET', '/oidc/logout'],
    ['POST', '/oidc/start'],
  ])('%s %s is answered as for an unknown provider', async (method, path) => {
    const answer = await fetch(`${portal.url}/api/auth${path}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      error: {
        name: 'NotFoundError',
        message: "Unknown auth provider 'oidc'",
        code: 'ERR_AUTH_PROVIDER_UNKNOWN',
      },
    });
  });
});

interface AnswerBody {
  error?: object;
  paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, { description: string }> }>
  >;
}

describe('the OpenAPI document', () => {
  const documenting = (operationId: string) =>
    createBackendModule({
      pluginId: 'auth',
      moduleId: 'acme',
      register({ registerInit }) {
        registerInit({
          deps: { api: authApiExtensionPoint, metadata: authServerMetadataExtensionPoint },
          async init({ api, metadata }) {
            metadata.setMetadata({
              response_types_supported: ['code'],
              grant_types_supported: ['authorization_code'],
              scopes_supported: ['openid'],
              token_endpoint_auth_methods_supported: ['none'],
            });
            const summary = 'Say hello';
            const described = {
              tags: ['acme'],
              summary,
              security: [],
              responses: {},
              refusals: ['ERR_ACME'],
            } as const;
            api.addRoutes<string>({
              routes: [{ methods: ['GET', 'HEAD'], path: '/v1/hello', operationId }],
              describe: async () => ({
                operations: { hello: described },
                codes: { ERR_ACME: { name: 'NotAllowedError', status: 403, meaning: 'Not today.' } },
              }),
            });
          },
        });
      },
    });

  async function read(operationId: string) {
    const other = await startPortal({ features: [documenting(operationId)] });
    try {
      const answer = await fetch(`${other.base}/openapi.json`);
      return { status: answer.status, body: (await answer.json()) as AnswerBody };
    } finally {
      await other.stop();
    }
  }

  it('has every operation of ours, once, and what a module adds', async () => {
    const { body } = await read('hello');
    const operations = Object.values(body.paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId).filter((id) => !/By[A-Z]/.test(id));
    expect(ids.sort()).toEqual([...Object.keys(signInApi.operations), 'hello'].sort());
    expect(body.paths['/v1/hello']?.['get']?.responses['403']?.description).toBe('- `ERR_ACME`: Not today.');
  });

  it('is refused where a module says nothing of its route, which is named', async () => {
    const { status, body } = await read('planted');
    expect(status).toBe(500);
    expect(body.error).toMatchObject({
      code: 'ERR_AUTH_API_UNDESCRIBED',
      message: "The route /v1/hello of a module has no description: 'operations' has no 'planted'",
    });
  });
});
