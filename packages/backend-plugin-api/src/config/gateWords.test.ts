import { describe, expect, it } from '@jest/globals';
import { gateThingOf } from './gateWords.ts';

const list = ['acme.example'];

describe('a key', () => {
  it.each<[string, unknown, string]>([
    ['emailDomains', list, 'domain'],
    ['permittedDomains', list, 'domain'],
    ['restrictDomains', list, 'domain'],
    ['restrict_to_domains', list, 'domain'],
    ['authorizedDomains', list, 'domain'],
    ['acceptedDomains', list, 'domain'],
    ['alloweddomains', list, 'domain'],
    ['ALLOWED_EMAIL_DOMAINS', list, 'domain'],
    ['domainsOnly', list, 'domain'],
    ['requiredGroups', list, 'group'],
    ['groupsAllowed', list, 'group'],
    ['allowedRoles', list, 'group'],
    ['onlyUsers', list, 'user'],
    ['denyUsers', list, 'user'],
    ['blocked-emails', list, 'user'],
    ['permittedUsers', list, 'user'],
    ['requireOrg', 'acme', 'organization'],
    ['allowedTenants', list, 'tenant'],
    ['allowedTenantIds', list, 'tenant'],
    ['allow-only', list, ''],
    ['allowlist', { domains: list }, ''],
    ['allowList', list, ''],
    ['permit', { emailDomains: list }, ''],
    ['restrictions', { groups: list }, ''],
  ])('%s: %j means a gate', (key, value, thing) => {
    expect(gateThingOf(key, value)).toBe(thing);
  });

  it.each<[string, unknown]>([
    ['allowGuestAccess', true],
    ['enableAuthProviders', list],
    ['organizations', list],
    ['teams', list],
    ['tenants', list],
    ['tenantId', 'x'],
    ['userGroups', list],
    ['scope', 'email'],
    ['ssl', true],
    ['params', { domains: list }],
    ['allowUserRegistration', true],
    ['requireEmailVerification', true],
    ['blockedUserAgents', list],
    ['acceptTerms', true],
    ['required', true],
    ['only', 'x'],
    ['restricted', { paths: list }],
    ['allowlist', { paths: list }],
    ['email', 'x'],
    ['domain_hint', 'x'],
  ])('%s: %j means none', (key, value) => {
    expect(gateThingOf(key, value)).toBeUndefined();
  });
});
