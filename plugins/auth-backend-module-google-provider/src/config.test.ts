import { describe, expect, it } from '@jest/globals';
import { googleConfigSchema } from './config.ts';

const problems = (settings: Record<string, unknown>): string[] =>
  (googleConfigSchema.safeParse(settings).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('the config of Google', () => {
  it('needs no key of its own', () => {
    expect(googleConfigSchema.parse({})).toEqual({});
  });

  it.each([
    ['hd', "is a gate: write 'allow.hostedDomains', with a list"],
    ['hostedDomain', "is a gate: write 'allow.hostedDomains', with a list"],
  ])("refuses the key '%s' and names the right one", (key, message) => {
    expect(problems({ [key]: 'x' })).toEqual([`${key}: ${message}`]);
  });

  it('refuses a prompt that is none', () => {
    expect(problems({ prompt: '' })).toHaveLength(1);
    expect(problems({ prompt: true })).toHaveLength(1);
  });
});
