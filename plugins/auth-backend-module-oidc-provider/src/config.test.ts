import { describe, expect, it } from '@jest/globals';
import { oidcConfigSchema } from './config.ts';

const metadataUrl = 'https://idp.example.com/.well-known/openid-configuration';

function problems(settings: Record<string, unknown>): string[] {
  const { error } = oidcConfigSchema.safeParse({ metadataUrl, ...settings });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the config of an OpenID Provider', () => {
  it('needs nothing but metadataUrl', () => {
    expect(oidcConfigSchema.parse({ metadataUrl })).toEqual({
      metadataUrl,
      tokenEndpointAuthMethod: 'client_secret_basic',
      tokenSignedResponseAlg: 'RS256',
      timeout: 10_000,
      startUrlSearchParams: {},
      groupsClaim: 'groups',
      dangerouslyTrustUnverifiedEmail: [],
      signOutAtProvider: true,
    });
    expect(oidcConfigSchema.safeParse({}).error?.issues[0]?.path).toEqual(['metadataUrl']);
  });

  it.each([
    'https://idp.example.com',
    'https://idp.example.com/realms/acme',
    `${metadataUrl}?appid=7`,
    'http://localhost:9400/.well-known/openid-configuration',
    'http://127.0.0.1:9400/.well-known/openid-configuration',
    'http://[::1]:9400/.well-known/openid-configuration',
    'http://idp.localhost/.well-known/openid-configuration',
  ])('takes %s as metadataUrl', (url) => {
    expect(problems({ metadataUrl: url })).toEqual([]);
  });

  it.each([
    ['idp.example.com', 'must be a URL'],
    ['http://idp.example.com/.well-known/openid-configuration', 'must be an https URL'],
    ['http://127.0.0.1.example.com/', 'must be an https URL'],
    ['http://localhost.example.com/', 'must be an https URL'],
    ['http://127.0.0.1@example.com/', 'must be an https URL'],
    ['http://10.0.0.1/', 'must be an https URL'],
    ['ftp://localhost/', 'must be an https URL'],
    ['file:///etc/passwd', 'must be an https URL'],
    ['https://user:secret@idp.example.com/', 'no user name'],
    ['https://idp.example.com/#x', 'no fragment'],
    ['https://idp.example.com/.well-known/oauth-authorization-server', 'must end with'],
  ])('refuses %s as metadataUrl', (url, reason) => {
    expect(problems({ metadataUrl: url })).toEqual([expect.stringContaining(reason)]);
  });

  it.each(['HS256', 'none', 'RS1', ''])('refuses the algorithm %p: it is not asymmetric', (alg) => {
    expect(problems({ tokenSignedResponseAlg: alg })).toHaveLength(1);
  });

  it.each<[unknown, string[]]>([
    [true, ['absent', 'text']],
    [false, []],
    [['absent'], ['absent']],
    [
      [false, 'text'],
      ['false', 'text'],
    ],
  ])(
    'reads dangerouslyTrustUnverifiedEmail %j: never an explicit false unless it is listed',
    (given, trusted) => {
      const settings = oidcConfigSchema.parse({ metadataUrl, dangerouslyTrustUnverifiedEmail: given });
      expect(settings.dangerouslyTrustUnverifiedEmail).toEqual(trusted);
    },
  );

  it.each(['always', ['true'], [true], { absent: true }, ['no'], ['off'], ['n'], ['0'], [0], ['False']])(
    'refuses dangerouslyTrustUnverifiedEmail %j',
    (given) => {
      expect(problems({ dangerouslyTrustUnverifiedEmail: given })).not.toEqual([]);
    },
  );

  it.each([
    'https://idp.example.com/',
    'http://idp.internal:8080/realms/acme',
    'https://a.example/{tenantid}/v2.0',
  ])('takes %s as issuer, character by character', (issuer) => {
    expect(oidcConfigSchema.parse({ metadataUrl, issuer }).issuer).toBe(issuer);
  });

  it.each([
    '',
    'acme',
    'https://idp.example.com/?x=1',
    'https://idp.example.com/#x',
    'https://idp.example.com/ ',
  ])('refuses %j as issuer', (issuer) => {
    expect(problems({ issuer })).toHaveLength(1);
  });

  it.each([
    ['10s', 10_000],
    ['PT1M', 60_000],
    [{ seconds: 5 }, 5000],
    [{ milliseconds: 1 }, 1],
  ])('reads the timeout %p', (timeout, milliseconds) => {
    expect(oidcConfigSchema.parse({ metadataUrl, timeout }).timeout).toBe(milliseconds);
  });

  it.each(['soon', '', 10, {}, { seconds: 0 }, { seconds: -1 }])('refuses the timeout %p', (timeout) => {
    expect(problems({ timeout })).toHaveLength(1);
  });

  it('refuses startUrlSearchParams that the sign-in sets itself, all at once', () => {
    const names = ['state', 'nonce', 'redirect_uri', 'code_challenge', 'code_challenge_method', 'client_id'];
    const more = [
      'response_type',
      'response_mode',
      'request',
      'request_uri',
      'scope',
      'prompt',
      'client_secret',
    ];
    const startUrlSearchParams = Object.fromEntries([...names, ...more].map((name) => [name, 'x']));
    expect(problems({ startUrlSearchParams })).toHaveLength(names.length + more.length);
    expect(problems({ startUrlSearchParams: { scope: 'x' } })[0]).toContain("'additionalScopes'");
    expect(problems({ startUrlSearchParams: { max_age: 'soon' } })).toHaveLength(1);
    expect(problems({ startUrlSearchParams: { acr_values: 'phr', constructor: 'x' } })).toEqual([]);
  });
});
