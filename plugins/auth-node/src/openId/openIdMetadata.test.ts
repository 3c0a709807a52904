import { describe, expect, it } from '@jest/globals';
import { expectedIssuer } from './openIdMetadata.ts';

const metadataUrl = 'https://idp.example.com/.well-known/openid-configuration';

describe('the expected issuer', () => {
  it.each([
    [metadataUrl, 'https://idp.example.com'],
    ['https://idp.example.com/', 'https://idp.example.com'],
    [
      'https://idp.example.com/realms/acme/.well-known/openid-configuration?x=1',
      'https://idp.example.com/realms/acme',
    ],
    ['https://IDP.example.com/.well-known/openid-configuration', 'https://IDP.example.com'],
  ])('of %s is %s', (url, issuer) => {
    expect(expectedIssuer(url)).toBe(issuer);
  });
});
