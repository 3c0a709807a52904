/** A provider for many tenants, as Entra is: its metadata names `{tenantid}` in place of an issuer. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startScriptedOpenIdProvider, type ScriptedOpenIdProvider } from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { oidcConfigSchema } from './config.ts';
import { configuredProvider, signIn } from './testing/signIn.ts';

const acme = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const other = '11111111-2222-3333-4444-555555555555';
let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;

beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
});

afterEach(() => {
  idp.scripts = {};
  idp.idTokenScript = undefined;
});

afterAll(async () => {
  await idp.close();
  await http.close();
});

/** The metadata of all tenants, and what a person of `tenant` gets. */
async function login({
  keys = { tenantId: acme },
  metadataPath = '/common/v2.0',
  template = '/{tenantid}/v2.0',
  ...token
}: {
  keys?: Record<string, unknown>;
  metadataPath?: string;
  template?: string;
  tid?: unknown;
  iss?: string;
}) {
  const { tid = acme, iss = `${idp.issuer}/${String(tid)}/v2.0` } = token;
  idp.scripts.metadata = (honest) => ({
    ...honest,
    body: {
      ...(honest.body as object),
      issuer: `${idp.issuer}${template}`,
      authorization_response_iss_parameter_supported: false,
    },
  });
  idp.idTokenScript = ({ header, claims, sign }) => sign(header, { ...claims, iss, tid });
  const metadataUrl = `${idp.issuer}${metadataPath}/.well-known/openid-configuration`;
  const authorize = async (url: URL): Promise<URL> => {
    const callback = await idp.authorize(url);
    callback.searchParams.delete('iss');
    return callback;
  };
  return signIn(configuredProvider({ metadataUrl, http, keys }), { authorize });
}

const refusal = (check: string): object =>
  expect.objectContaining({
    code: 'ERR_PROVIDER_ANSWER_INVALID',
    hint: expect.stringContaining(check),
  });

describe('a provider for many tenants', () => {
  it.each(['/common/v2.0', '/organizations/v2.0'])(
    'signs in people of the configured tenant with the metadata of %s',
    async (metadataPath) => {
      expect(await login({ metadataPath })).toMatchObject({
        subject: 'jane-123',
        issuer: `${idp.issuer}/${acme}/v2.0`,
      });
    },
  );

  it('signs in nobody of another tenant, whose token is as well signed', async () => {
    await expect(login({ tid: other })).rejects.toEqual(refusal('iss'));
  });

  it('signs in nobody whose token names another tenant than its issuer', async () => {
    await expect(login({ tid: other, iss: `${idp.issuer}/${acme}/v2.0` })).rejects.toEqual(
      refusal('ID token tid'),
    );
    await expect(login({ tid: acme, iss: `${idp.issuer}/${other}/v2.0` })).rejects.toEqual(refusal('iss'));
  });

  it.each<[string, unknown]>([
    ['no tenant', undefined],
    ['a list', [acme]],
    ['the tenant in other letters', acme.toUpperCase()],
  ])('signs in nobody whose token names %s', async (_title, tid) => {
    const iss = `${idp.issuer}/${acme}/v2.0`;
    await expect(login({ tid: tid ?? null, iss })).rejects.toEqual(refusal('ID token tid'));
  });

  it('signs in nobody where no tenant is configured', async () => {
    await expect(login({ keys: {} })).rejects.toEqual(refusal("set 'tenantId'"));
  });

  it.each([
    ['of another host', '{tenantid}.evil.example/v2.0'],
    ['with more path', '/{tenantid}/v2.0/x'],
    ['with the tenant twice', '/{tenantid}/{tenantid}'],
    ['with another placeholder', '/{tenant}/v2.0'],
  ])('is not believed a template %s', async (_title, template) => {
    await expect(login({ template })).rejects.toEqual(refusal('metadata issuer'));
  });

  it("is not believed a template at a tenant's own metadata", async () => {
    await expect(login({ metadataPath: `/${other}/v2.0` })).rejects.toEqual(refusal('metadata issuer'));
  });
});

it.each(['acme.onmicrosoft.com', 'common', '{tenantid}', `${acme}/x`, ''])(
  'the tenant %p is no id of one',
  (tenantId) => {
    const settings = { metadataUrl: 'https://login.microsoftonline.com/common/v2.0', tenantId };
    expect(oidcConfigSchema.safeParse(settings).error?.issues).toEqual([
      expect.objectContaining({ path: ['tenantId'] }),
    ]);
  },
);
