import { describe, expect, it } from '@jest/globals';
import { githubConfigSchema } from './config.ts';
import { endpointsOf } from './endpoints.ts';

describe('the keys of GitHub', () => {
  it('have defaults', () => {
    expect(githubConfigSchema.parse({})).toEqual({ timeout: 10_000, dangerouslyTrustUnverifiedEmail: [] });
  });

  it.each([
    ['https://ghe.example.com', 'https://ghe.example.com'],
    ['https://ghe.example.com///', 'https://ghe.example.com'],
    ['https://GHE.example.com:443/', 'https://ghe.example.com'],
    ['https://example.com/github/', 'https://example.com/github'],
    ['http://127.0.0.1:4001', 'http://127.0.0.1:4001'],
  ])('take %s as %s', (given, expected) => {
    expect(githubConfigSchema.parse({ enterpriseInstanceUrl: given }).enterpriseInstanceUrl).toBe(expected);
  });

  it.each([
    ['ghe.example.com', 'must be a URL'],
    ['http://ghe.example.com', 'must be an https URL (http is for loopback only)'],
    ['ftp://ghe.example.com', 'must be an https URL (http is for loopback only)'],
    ['https://user:secret@ghe.example.com', 'must have no query, no fragment and no user name'],
    ['https://ghe.example.com?x=1', 'must have no query, no fragment and no user name'],
  ])('refuse %s', (given, message) => {
    const { error } = githubConfigSchema.safeParse({ enterpriseInstanceUrl: given });
    expect(error?.issues).toMatchObject([{ path: ['enterpriseInstanceUrl'], message }]);
  });

  it('refuse a deadline of nothing', () => {
    expect(githubConfigSchema.safeParse({ timeout: '0s' }).success).toBe(false);
  });
});

describe('the addresses', () => {
  it.each([
    [undefined, 'https://github.com', 'https://api.github.com'],
    ['https://github.com', 'https://github.com', 'https://api.github.com'],
    ['https://acme.ghe.com', 'https://acme.ghe.com', 'https://api.acme.ghe.com'],
    ['https://ghe.example.com', 'https://ghe.example.com', 'https://ghe.example.com/api/v3'],
    [
      'https://github.com.example.com',
      'https://github.com.example.com',
      'https://github.com.example.com/api/v3',
    ],
  ])('of %s are below %s and %s', (given, base, api) => {
    expect(endpointsOf(given)).toEqual({
      base,
      api,
      callbackIssuer: `${base}/login/oauth`,
      authorization: `${base}/login/oauth/authorize`,
      token: `${base}/login/oauth/access_token`,
    });
  });
});
